import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { printed, startCommand } from '../support/cli.js'

const SCRIPTS = ['start', 'test', 'bench', 'build', 'prepack']
/** Ends when it is told to, or after a while, so that nothing stays when the test fails. */
const SCRIPT = `
const ended = (status) => () => process.exit(status)
process.on('SIGTERM', ended(143)).on('SIGINT', ended(130))
setTimeout(ended(1), 20_000)
console.log('ready')
`

for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`${signal} to npm alone reaches the program of each script, not a shell in between`, async (t) => {
    t.timeout(120_000)
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
    const directory = await mkdtemp(join(tmpdir(), 'millrace-npm-'))
    try {
      for (const name of SCRIPTS) {
        // What runs before the last program of a script is left out: it only has to end.
        const last = scripts[name]!.split('&&').at(-1)!.trim()
        const file = join(directory, last.split(' ').find((word) => /\.m?js$/.test(word))!)
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, SCRIPT)
        await writeFile(join(directory, 'package.json'), JSON.stringify({ type: 'module', scripts: { [name]: last } }))
        const npm = startCommand('npm', ['--prefix', directory, 'run', name], {})
        try {
          await printed(npm, 'ready')
          npm.child.kill(signal)
          t.deepEqual(await npm.closed, [status, null], `npm run ${name}`)
        } finally {
          npm.child.kill('SIGKILL')
        }
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
}
