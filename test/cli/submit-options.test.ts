import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { shownOf, tokenName } from '../../common/user-token.js'
import { startCli } from '../support/cli.js'

let folder: string
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-submit-'))
})
test.after.always(() => rm(folder, { recursive: true }))

/** Tells how it was submitted; no session is made. */
const TELLING = `const { master, settings, credentials } = globalThis[Symbol.for('millrace.submission')]
console.log(JSON.stringify([master, settings, credentials?.secret ?? null, process.argv.slice(2)]))
`

async function submitted(args: readonly string[], ofProgram: readonly string[] = []): Promise<readonly unknown[]> {
  const program = join(folder, 'telling.mjs')
  await writeFile(program, TELLING)
  const { closed, output } = startCli(['submit', ...args, program, ...ofProgram], {
    MILLRACE_SECRET: 'hush-this-is-a-secret',
  })
  const [code] = await closed
  return code === 0 ? JSON.parse(output.text) : [code, output.err]
}

test('options of submit are settings, each the one that it names, and count more than those of --conf', async (t) => {
  const options = {
    name: ['app.name', 'n'],
    'executor-cores': ['executor.cores', '3'],
    'executor-memory': ['executor.memory', '200m'],
    'num-executors': ['executor.instances', '2'],
    'driver-cores': ['driver.cores', '4'],
    'driver-memory': ['driver.memory', '300m'],
  } as const
  const named = Object.entries(options).flatMap(([option, [, value]]) => [`--${option}`, value])
  const given = ['--conf', 'executor.cores=5', '-c', 'executor.instances=9', '--config', 'shuffle.partitions=7']
  const settings = { ...Object.fromEntries(Object.values(options)), 'shuffle.partitions': '7' }
  t.deepEqual(await submitted([...named, ...given, '--master', 'local[1]'], ['--name', 'own']), [
    'local[1]',
    settings,
    null,
    ['--name', 'own'],
  ])
  const cluster = ['--master', 'millrace://127.0.0.1:1']
  t.deepEqual(await submitted(cluster), [cluster[1], {}, 'hush-this-is-a-secret', []], 'the secret is for the master')
})

test('a token is taken for as many days as are said, or ninety, and is made by the secret of a cluster alone', async (t) => {
  const DAY_MS = 86_400_000
  const token = async (secret: string, ...more: readonly string[]) => {
    const { closed, output } = startCli(['token', 'create', '--user', 'anna', ...more], { MILLRACE_SECRET: secret })
    await closed
    return output
  }
  let made = ''
  for (const [more, days] of [
    [['--days', '2'], 2],
    [[], 90],
  ] as const) {
    const before = Date.now()
    made = (await token('a-secret-that-is-long-enough', ...more)).text.trim()
    const { user, expiresMs } = tokenName(shownOf(made).token!)
    t.is(user, 'anna')
    t.true(expiresMs! >= before + days * DAY_MS && expiresMs! <= Date.now() + days * DAY_MS, `${expiresMs}`)
  }
  const { text, err } = await token(made)
  t.is(text, '')
  t.regex(err, /^\[TOKEN_NOT_ENOUGH\]/)
})
