import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { runCli } from '../support/cli.js'
import { TPCH_SMALL } from '../support/sessions.js'

const NATION = `parquet.\`${TPCH_SMALL}/nation.parquet\``
const sql = (text: string): string[] => ['sql', '--master', 'local[1]', '-c', text]

let directory: string
test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-bad-'))
  await mkdir(join(directory, 'empty'))
  await writeFile(join(directory, 'text.parquet'), 'id,name\n1,x\n2,y\n')
  await writeFile(join(directory, 'crlf.sql'), '\uFEFFselect 1 a;\r\n\r\nselect 1,\r\n  nope\r\nfrom (select 1);\r\n')
  await writeFile(join(directory, 'program.mjs'), "throw new Error('its own')")
  await writeFile(join(directory, 'program.ts'), '')
  await writeFile(join(directory, 'short'), 'only-15-letters\n')
  await writeFile(join(directory, 'secret'), 'a-secret-of-enough-letters\n')
})
test.after.always(() => rm(directory, { recursive: true }))

/** What is typed, and all that stands on standard error, up to the SQLSTATE. */
const REFUSED: readonly (readonly [what: string, args: () => string[], line: RegExp])[] = [
  ['a master that is none', () => ['sql', '--master', 'nonsense', '-c', 'select 1'], /INVALID_MASTER\] .*"nonsense"/],
  [
    'a master without threads',
    () => ['sql', '--master', 'local[0]', '-c', 'select 1'],
    /INVALID_MASTER\] .*"local\[0\]"/,
  ],
  ['a master cut short', () => ['sql', '--master', 'local-cluster[2,1]'], /INVALID_MASTER\] .*"local-cluster\[2,1\]"/],
  ['too much memory', () => ['sql', '--master', 'local-cluster[1,1,99999999]'], /INVALID_MASTER\] .*to 1048576 MiB/],
  ['a master of Kubernetes', () => ['sql', '--master', 'k8s://h:1'], /UNSUPPORTED_FEATURE\] .*k8s:\/\/h:1/],
  ['a cluster without a secret', () => ['sql', '--master', 'millrace://h:1'], /SECRET_MISSING\] .*MILLRACE_SECRET/],
  [
    'an executor without a secret',
    () => ['executor', '--driver', '127.0.0.1:1'],
    /SECRET_MISSING\] .*MILLRACE_SECRET_FILE/,
  ],
  [
    'a file of a secret that is not there',
    () => ['executor', '--driver', '127.0.0.1:1', '--secret-file', 'nowhere'],
    /FAILED_READ_FILE\] .*nowhere/,
  ],
  [
    'a secret that is short',
    () => ['executor', '--driver', '127.0.0.1:1', '--secret-file', join(directory, 'short')],
    /INVALID_CONF_VALUE\] .*"…".*short.*from 16 to 1024 characters/,
  ],
  [
    'a worker at an address not ours',
    () => [
      'worker',
      '--master',
      'millrace://127.0.0.1:1',
      '--host',
      '192.0.2.1',
      '--secret-file',
      join(directory, 'secret'),
    ],
    /CANNOT_LISTEN\] .*192\.0\.2\.1/,
  ],
  ['millrace ui', () => ['ui'], /UNSUPPORTED_FEATURE\] .*millrace ui/],
  ...['--conf', '--config', '-c'].map(
    (option) =>
      [
        `a setting of a program that there is not, by ${option}`,
        () => ['submit', option, 'a=1', 'x.js'],
        /INVALID_CONF_KEY\] .*a\./,
      ] as const,
  ),
  [
    'a program that is submitted and not there',
    () => ['submit', '--conf', 'spark.app.name=a', 'nowhere.js'],
    /PATH_NOT_FOUND\] .*nowhere\.js/,
  ],
  ['millrace run with a master', () => ['run', '--master', 'local', 'x.js'], /UNSUPPORTED_FEATURE\] .*--master/],
  ['an unknown setting', () => ['sql', '--config', 'shufle.partitions=2'], /INVALID_CONF_KEY\] .*Did you mean shuffle/],
  ['a setting out of range', () => ['sql', '--config', 'executor.memory=1k'], /INVALID_CONF_VALUE\] .*"1k".*16m to 1t/],
  ['a file that is not there', () => ['sql', '-f', join(directory, 'nope.sql')], /PATH_NOT_FOUND\] .*nope\.sql/],
  ['a directory as a file', () => ['sql', '-f', directory], /FAILED_READ_FILE\] .*EISDIR/],
  ['a program that is not there', () => ['run', 'nowhere.js'], /PATH_NOT_FOUND\] .*nowhere\.js/],
  ['a directory as a program', () => ['run', directory], /FAILED_READ_FILE\] .*it is not a file/],
  [
    'TypeScript as a program',
    () => ['run', join(directory, 'program.ts')],
    /UNSUPPORTED_FEATURE\] .*compile TypeScript/,
  ],
  [
    'a directory without Parquet',
    () => sql(`select * from parquet.\`${directory}/empty\``),
    /UNABLE_TO_INFER_SCHEMA\] .*empty/,
  ],
  [
    'a file that is no Parquet',
    () => sql(`select * from parquet.\`${directory}/text.parquet\``),
    /FAILED_READ_FILE\] .*PAR1/,
  ],
  ['a path that is not there', () => sql('select * from parquet.`/nowhere/x`'), /PATH_NOT_FOUND\] .*\/nowhere\/x/],
  ['a path of a remote store', () => sql('select * from parquet.`s3://b/x`'), /UNSUPPORTED_FEATURE\] .*s3:\/\/b\/x/],
  [
    'a broker with a directory that is a file',
    () => ['broker', '--port', '0', '--dir', join(directory, 'text.parquet')],
    /FAILED_WRITE_FILE\] .*text\.parquet/,
  ],
  [
    'a broker on an address not ours',
    () => ['broker', '--port', '0', '--host', '192.0.2.1', '--dir', join(directory, 'b')],
    /CANNOT_LISTEN\] .*192\.0\.2\.1/,
  ],
]

test('what cannot be done is one line on standard error and status 1', async (t) => {
  for (const [what, args, line] of REFUSED) {
    const { code, text, err } = await runCli(args())
    t.deepEqual([code, text], [1, ''], what)
    t.regex(err, new RegExp(`^\\[${line.source}.* SQLSTATE: \\w{5}\\n$`), what)
  }
})

const MARKED: readonly (readonly [query: string, condition: string, marked: string])[] = [
  [`select nope from ${NATION}`, 'UNRESOLVED_COLUMN.WITH_SUGGESTION', 'nope'],
  ['select uper(1)', 'UNRESOLVED_ROUTINE', 'uper(1)'],
  ['select 1 from nowhere', 'TABLE_OR_VIEW_NOT_FOUND', 'nowhere'],
  ['select 1 + true', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', '1 + true'],
  ['select 1 form t', 'PARSE_SYNTAX_ERROR', 't'],
  [`select 1 / (n_nationkey - 5) from ${NATION}`, 'DIVIDE_BY_ZERO', '1 / (n_nationkey - 5)'],
  ['select * from orc.`x`', 'UNSUPPORTED_FEATURE', ''],
]

test('what is wrong in a query is marked where it stands, and is status 1', async (t) => {
  for (const [query, condition, marked] of MARKED) {
    const { code, text, err } = await runCli(sql(query))
    t.deepEqual([code, text], [1, ''], query)
    const [head, ...rest] = err.trimEnd().split('\n')
    t.true(head!.startsWith(`[${condition}] `), err)
    if (marked === '') continue
    const place = query.lastIndexOf(marked)
    t.deepEqual(rest, [
      `== SQL (line 1, position ${place + 1}) ==`,
      query,
      `${' '.repeat(place)}${'^'.repeat(marked.length)}`,
    ])
  }
})

test('a file with a byte order mark and Windows line ends is read, and an error tells its line in the file', async (t) => {
  const { code, text, err } = await runCli(['sql', '--format', 'csv', '-f', join(directory, 'crlf.sql')])
  t.deepEqual([code, text], [1, 'a\n1\n'])
  t.regex(err, /^\[UNRESOLVED_COLUMN.*\n== SQL \(line 4, position 3\) ==\n {2}nope\n {2}\^{4}\n$/)
})

test('queries too deep are refused, and long ones run', async (t) => {
  const run = async (query: string) => runCli(['sql', '--master', 'local[1]', '--format', 'csv'], query)
  for (const query of [
    `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    `select ${'('.repeat(10_000)}select 1${')'.repeat(10_000)}`,
    `select ${'abs('.repeat(10_000)}1${')'.repeat(10_000)}`,
    `select 1 ${'+ 1 '.repeat(20_000)}`,
    `select * from ${'(select * from '.repeat(3000)}t${')'.repeat(3000)}`,
  ]) {
    const { code, err } = await run(query)
    t.is(code, 1)
    t.regex(err, /^\[(PARSE_SYNTAX_ERROR|QUERY_TOO_COMPLEX)\] .*more than \d+ levels/)
    t.true(err.length < 1500, 'a long query is not printed whole')
  }
  const wide = await run(`select ${Array.from({ length: 10_000 }, (_, i) => `${i} as c${i}`).join(', ')}`)
  t.deepEqual([wide.code, wide.text.split('\n')[1]!.split(',').length], [0, 10_000])
  const long = await run(`select 1 a where ${Array.from({ length: 5_000 }, (_, i) => `1 = ${i}`).join(' or ')}`)
  t.deepEqual([long.code, long.text], [0, 'a\n1\n'])
})

test('bad usage is status 2, help and version are status 0 and name only what there is', async (t) => {
  for (const args of [
    ['nope'],
    ['--formt', 'csv'],
    ['run'],
    ['submit'],
    ['submit', '--deploy-mode', 'moon', 'x.js'],
    ['submit', '--supervise', 'x.js'],
    ['submit', '--deploy-mode', 'cluster', 'x.js'],
    ['submit', '--kill', 'driver-1'],
    ['select 1'],
    ['sql', '--config', '=x'],
    ['broker', '--port', '70000'],
    ['executor'],
    ['worker'],
    ['worker', '--master', 'h:1'],
    ['status', '--master', 'millrace://h'],
    ['master', '--timeout', '1ms'],
    ['executor', '--driver', 'nowhere'],
    ['certs'],
    ['certs', 'a_b'],
    ['executor', '--driver', 'h:1', '--memory', '1k'],
  ]) {
    const { code, err } = await runCli(args)
    t.is(code, 2, args.join(' '))
    t.not(err, '')
  }
  const help = await runCli(['--help'])
  t.is(help.code, 0)
  t.regex(help.text, /\n {2}millrace -c "select/)
  t.deepEqual(
    [...help.text.matchAll(/^ {2}(\w+) [[<]/gm)].map((found) => found[1]),
    ['broker', 'sql', 'run', 'submit', 'master', 'worker', 'status', 'decommission', 'executor', 'certs', 'help'],
  )
  t.regex((await runCli(['--version'])).text, /^\d+\.\d+\.\d+\n$/)
})

test('what follows a program is its own, and an error of its own keeps the stack', async (t) => {
  const { code, err } = await runCli(['run', join(directory, 'program.mjs'), '--verbose', '--master'])
  t.is(code, 1)
  t.regex(err, /Error: its own\n {4}at .*program\.mjs/)
})
