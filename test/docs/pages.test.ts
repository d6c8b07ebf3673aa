import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { printed, startCli } from './support/cli.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const README = fileURLToPath(new URL('../../README.md', import.meta.url))
const PAGES = ['programs', 'sql-statements', 'dataframes'].map((page) =>
  fileURLToPath(new URL(`../../docs/${page}.md`, import.meta.url)),
)
/** A program, and what it prints in the block behind it. */
const PROGRAM = /```js\n(.*?)```.*?```\n(.*?)```/gs

test('the programs in the README and in docs run as printed and print what is printed below them', async (t) => {
  t.timeout(120_000)
  // Within the package, so that the programs find it by its name.
  const directory = await mkdtemp(join(HERE, 'readme-'))
  const readme = await readFile(README, 'utf8')
  const topic = /millrace broker (--topic \S+:\d+)/.exec(readme)![1]!
  const broker = startCli(['broker', '--port', '0', '--dir', join(directory, 'broker'), ...topic.split(' ')])
  try {
    await printed(broker, '\n')
    const KAFKA_BOOTSTRAP_SERVERS = /listens on (\S+:\d+)/.exec(broker.output.text)![1]!
    const pages = await Promise.all(PAGES.map((page) => readFile(page, 'utf8')))
    const programs = [...[readme, ...pages].join('').matchAll(PROGRAM)]
    t.is(programs.length, 5)
    for (const [, program, output] of programs) {
      await writeFile(join(directory, 'program.mjs'), program!)
      const child = spawn(process.execPath, ['program.mjs'], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, KAFKA_BOOTSTRAP_SERVERS },
      })
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      t.deepEqual(await once(child, 'close'), [0, null])
      t.is(text, output!)
    }
  } finally {
    broker.child.kill('SIGTERM')
    await broker.closed
    await rm(directory, { recursive: true, force: true })
  }
})
