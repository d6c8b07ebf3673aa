import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { CLI, printed, type StartedCli, startCli, startCommand } from '../support/cli.js'
import { type PageBlock, pageBlocks } from '../support/page-blocks.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SECONDS = 1000
/** `npx millrace` is the one that was built. */
const SHELL = `npx() { shift; "${process.execPath}" "${CLI}" "$@"; }\nnode() { "${process.execPath}" "$@"; }\n`
/** Of programs and commands there is nothing to be run less than there was. */
const LEAST_BLOCKS = 5

const names = ['README.md', ...(await readdir(join(ROOT, 'docs'))).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)
const pages = await Promise.all(
  names.map(async (name) => ({ name, blocks: pageBlocks(await readFile(join(ROOT, name), 'utf8')) })),
)

let directory: string
let broker: StartedCli
let servers: string
/** A master and a worker. */
const cluster: StartedCli[] = []
const SECRET = { MILLRACE_SECRET: 'the-secret-of-the-pages' }

test.before(async () => {
  // Within the package, so that the programs find it by its name.
  directory = await mkdtemp(join(HERE, 'pages-'))
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const topic = /millrace broker (--topic \S+:\d+)/.exec(readme)![1]!
  broker = startCli(['broker', '--port', '0', '--dir', join(directory, 'broker'), ...topic.split(' ')])
  await printed(broker, '\n')
  servers = /listens on (\S+:\d+)/.exec(broker.output.text)![1]!
})

test.after.always(async () => {
  for (const started of [...cluster.reverse(), broker]) {
    started?.child.kill('SIGTERM')
    await started?.closed
  }
  if (directory) await rm(directory, { recursive: true, force: true })
})

/** Runs a block in the folder of its page, and compares what it prints. */
async function run(t: ExecutionContext, block: PageBlock, folder: string): Promise<void> {
  if (block.kind === 'file') return await writeFile(join(folder, block.name), block.text)
  const commands = {
    js: 'node program.mjs',
    sql: `npx millrace -f statements.sql`,
    command: block.kind === 'command' ? block.text : '',
  }
  if (block.kind === 'js') await writeFile(join(folder, 'program.mjs'), block.text)
  if (block.kind === 'sql') await writeFile(join(folder, 'statements.sql'), block.text)
  const script = `${SHELL}cd "${folder}"\n${commands[block.kind]}`
  const { output, closed } = startCommand('bash', ['-c', script], {
    KAFKA_BOOTSTRAP_SERVERS: servers,
    ...SECRET,
  })
  const [code] = await closed
  // What fails says so on a page by what it prints.
  t.is(output.text + (code === 0 ? '' : output.err), block.output, `${block.text}\n${output.err}`)
}

/** Starts what a page tells to leave running in other terminals. */
async function startCluster(page: string, folder: string): Promise<void> {
  for (const [, command, args = ''] of page.matchAll(/^npx millrace (master|worker) (.*)$/gm)) {
    const own = command === 'master' ? ['--dir', join(folder, 'master')] : []
    const started = startCli([command!, ...args.split(' '), ...own], SECRET)
    cluster.push(started)
    await printed(started, '\n')
  }
}

for (const { name, blocks } of pages.filter((page) => page.blocks.length > 0)) {
  test.serial(`what ${name} shows runs as printed and prints what is printed below it`, async (t) => {
    t.timeout(300 * SECONDS)
    const folder = join(directory, name.replaceAll('/', '-'))
    await mkdir(folder)
    if (name === 'docs/cluster.md') await startCluster(await readFile(join(ROOT, name), 'utf8'), folder)
    for (const block of blocks) await run(t, block, folder)
  })
}

test('programs, statements, commands and files of a page are found, and what is only shown is not', (t) => {
  t.true(pages.flatMap(({ blocks }) => blocks).length >= LEAST_BLOCKS)
  const page =
    '```csv a.csv\n1,2\n```\n\n```js\nrun()\n```\n\n```\nran\n```\n\n```console\n$ one\n1\n$ two --x\n```\n\n' +
    '```sql\nselect 1\n```\n\n```\n1\n```\n\n```sql\nselect 2\n```\n\nText.\n\n```\nof others\n```\n\n```ts\nshown()\n```\n'
  t.deepEqual(pageBlocks(page), [
    { kind: 'file', name: 'a.csv', text: '1,2\n' },
    { kind: 'js', text: 'run()\n', output: 'ran\n' },
    { kind: 'command', text: 'one', output: '1\n' },
    { kind: 'command', text: 'two --x', output: '' },
    { kind: 'sql', text: 'select 1\n', output: '1\n' },
  ])
})
