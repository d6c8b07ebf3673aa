import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { CLI, printed, type StartedCli, startCommand } from '../support/cli.js'
import { TPCH_SMALL } from '../support/sessions.js'

const LINEITEM = `parquet.\`${TPCH_SMALL}/lineitem.parquet\``
/** Computes for minutes before its one row. */
const LONG = `select count(*) from ${LINEITEM} a join ${LINEITEM} b on (a.l_orderkey * 3 + b.l_partkey) % 7 <> b.l_suppkey % 5;`
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

/** A shell in a terminal, which `script` of util-linux makes. */
async function inTerminal(body: (shell: StartedCli, type: (text: string) => void, home: string) => Promise<void>) {
  const home = await mkdtemp(join(tmpdir(), 'millrace-shell-'))
  const command = `'${process.execPath}' '${CLI}' sql --master 'local[2]'`
  const shell = startCommand('script', ['-qec', command, '/dev/null'], { HOME: home, TERM: 'xterm', COLUMNS: '200' })
  try {
    await printed(shell, 'millrace> ')
    await body(shell, (text) => void shell.child.stdin.write(text), home)
  } finally {
    shell.child.kill('SIGKILL')
    await rm(home, { recursive: true, force: true })
  }
}

const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false
const withTerminal = (title: string, body: (t: ExecutionContext) => Promise<void>): void =>
  (hasScript ? test : test.skip)(`${title}${hasScript ? '' : ' (needs the script command of util-linux)'}`, body)

withTerminal('Ctrl-C cancels the query that runs, drops what is typed, and never ends the shell', async (t) => {
  t.timeout(120_000)
  await inTerminal(async (shell, type, home) => {
    type(`${LONG}\r`)
    await printed(shell, 'job 1: stage ')
    type(CTRL_C)
    await printed(shell, '[OPERATION_CANCELED]')
    type('select 1\r')
    await printed(shell, '...> ')
    type(`nonsense${CTRL_C}`)
    await printed(shell, 'nonsense^C')
    type(CTRL_C)
    await printed(shell, 'Ctrl-D or .exit leaves the shell.')
    type("select 'still ' || 'here' x; select nope; select 3;\r")
    await printed(shell, 'still here')
    await printed(shell, 'UNRESOLVED_COLUMN')
    type('.help\r.tables\r.nope\r')
    await printed(shell, 'There is no command .nope')
    type(CTRL_D)
    t.deepEqual(await shell.closed, [0, null])
    t.false(/\|3 +\|/.test(shell.output.text), 'what follows a statement that failed is dropped')
    t.regex(await readFile(join(home, '.millrace_history'), 'utf8'), /still/)
  })
})
