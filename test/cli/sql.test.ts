import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import test from 'ava'
import { splitStatements, splitText } from '../../cli/sql/split-statements.js'
import { runCli, startCli } from '../support/cli.js'
import { TPCH_SMALL } from '../support/sessions.js'

const NATION = `parquet.\`${TPCH_SMALL}/nation.parquet\``

test('millrace sql runs statements over files and writes each format', async (t) => {
  const sql = `select n_name, n_nationkey from ${NATION} where n_regionkey = 3 order by n_name limit 2`
  const table = await runCli(['sql', '--master', 'local[1]', '-c', sql])
  t.deepEqual([table.code, table.err], [0, ''])
  t.is(
    table.text,
    '+-------+-----------+\n|n_name |n_nationkey|\n+-------+-----------+\n|FRANCE |          6|\n|GERMANY|          7|\n+-------+-----------+\n',
  )
  t.is((await runCli(['sql', '--format', 'csv', '-c', sql])).text, 'n_name,n_nationkey\nFRANCE,6\nGERMANY,7\n')
  t.is(
    (await runCli(['sql', '--format', 'jsonl', '-c', sql])).text,
    '{"n_name":"FRANCE","n_nationkey":6}\n{"n_name":"GERMANY","n_nationkey":7}\n',
  )
  t.is(tableFromIPC((await runCli(['sql', '--format', 'arrow', '-c', sql])).out).numRows, 2)
})

/** As the commands of Spark take them. */
const SETTINGS = ['--conf', 'spark.sql.storeAssignmentPolicy=ANSI', '--conf', 'spark.sql.session.timeZone=Asia/Tokyo']

test('statements from the input share views and the settings of options', async (t) => {
  const script = `create temp view n as select * from ${NATION}; -- a view\nselect count(*) c, current_timezone() z from n;`
  const { code, text } = await runCli(
    ['sql', '--format', 'csv', '--config', 'shuffle.partitions=1', ...SETTINGS],
    script,
  )
  t.deepEqual([code, text], [0, 'c,z\n25,Asia/Tokyo\n'])
})

test('a failed query is one clear message and status 1, bad usage status 2', async (t) => {
  const missing = await runCli(['sql', '-c', 'select nope from nowhere'])
  t.is(missing.code, 1)
  t.regex(missing.err, /^\[TABLE_OR_VIEW_NOT_FOUND\].*`nowhere`/)
  t.false(missing.err.includes('at '), 'no stack unless asked for')
  t.is((await runCli(['sql', '-c', 'select * from parquet.`/nowhere/x.parquet`'])).code, 1)
  t.is((await runCli(['sql', '--master', 'nowhere', '-c', 'select 1'])).code, 1)
  for (const args of [
    ['sql', '--format', 'xml'],
    ['sql', '--config', 'novalue'],
    ['sql', '--nope'],
    ['sql', '-c', 'select 1', '-f', 'both.sql'],
  ])
    t.is((await runCli(args)).code, 2, args.join(' '))
  t.is((await runCli(['run', 'nowhere.js'])).code, 1)
})

test('what may be given often has no default to show', async (t) => {
  for (const command of [['sql'], ['broker'], ['topics', 'create']]) {
    const { code, text } = await runCli([...command, '--help'])
    t.is(code, 0)
    t.regex(text, /default:\s+"/, 'other defaults are shown')
    t.false(/default:\s+[[{]/.test(text), text)
  }
})

test('a comment that is not closed goes on in the next line, and is refused at the end', async (t) => {
  t.deepEqual(splitText('/* a\n'), { complete: [], rest: '/* a\n' })
  t.deepEqual(splitText('/* a\n; b */ select 1;\n'), { complete: ['/* a\n; b */ select 1'], rest: '' })
  t.deepEqual(splitText('select 1; /* a /* b */'), { complete: ['select 1'], rest: `${' '.repeat(10)}/* a /* b */` })
  const { code, err } = await runCli(['sql', '--format', 'csv', '-c', 'select 1; /* open'])
  t.is(code, 1)
  t.regex(err, /^\[UNCLOSED_BRACKETED_COMMENT\]/)
})

test('a script is cut behind its own END', (t) => {
  const whole = (script: string) =>
    t.deepEqual(splitText(`${script}; select 1`), {
      complete: [script],
      rest: `${' '.repeat(script.length + 2)}select 1`,
    })
  whole('begin select 1; select 2; end')
  whole('BEGIN if true then select 1; end if; while false do select 1; end while; END')
  whole('begin select case when true then 1 end; select case 1 when 1 then 2 end as x; end')
  whole('begin case 1 when 1 then select case when true then 1 end; end case; l: loop leave l; end loop l; end')
  whole('begin repeat select 1; until true end repeat; for select 1 do select 2; end for; begin end; end')
  whole("begin select case 1 when 1 then 'n' end if; select 2 as b; end")
  whole("begin select case 1 when 1 then 'n' end case, case when true then 1 end loop; end")
  whole('begin declare end = 1; set end = end + 1; select end; end')
  whole('begin declare case = 1; set case = 2; select case as begin, 2 begin, 3 if; end')
  whole('begin select 1 end; if case when true then 1 end = 1 then select 1 end; else select 2; end if; end')
  whole('begin case 1 when 1 then if (true) then select if(true, 1, 2); end if; else begin end; end case; end')
  whole('begin repeat select repeat(s, 2); until case when true then true end end repeat; end')
  whole('begin for r as select 1 as a do while r.a > 0 do select substring(s from 1 for 2); end while; end for; end')
  whole(
    'begin l: for select 1 do select :end; end for l; not_atomic: begin not atomic case when a then select 1; end case; end; end',
  )
  whole("begin declare exit handler for a.b, sqlstate value '22012', not found begin select 1; end; select 2; end")
  whole('begin declare exit handler for sqlexception if a then select 1; end if; select 2; end')
  whole('begin if true then select 1; end')
  whole('begin if (select case 1 when 1 then 2 end case) = 2 then begin select 1; end; end if; end')
  whole('begin if (select 1 as case) = 1 then begin select 1; end; end if; end')
  whole('begin select case when true then begin + 1 end; end')
  whole('begin if a then while b do select 1; end if; end')
  whole("begin select ';' as `end`, 1 as end, 2 as begin, t.case from t; end")
  t.deepEqual(splitText('select 1 as begin; select case when 1 = 1 then 2 end; select 3;').complete.length, 3)
  for (const open of [
    'begin',
    'begin select 1;',
    'begin if true then select 1; end if;',
    'begin case 1 when 1 then select 1; end case;',
  ])
    t.is(splitText(open).rest.trim(), open)
})

test('statements are cut at semicolons outside of strings, names and comments', (t) => {
  t.deepEqual(splitStatements("select ';' ; -- a; b\n select `;` /* ; */;\n;"), [
    "select ';'",
    `${' '.repeat(13)}-- a; b\n select \`;\` /* ; */`,
  ])
  t.deepEqual(splitStatements('select 1;\n\n  select\n2;select 3'), ['select 1', '\n\n  select\n2', '\n\n\n  select 3'])
})

test('strings, names and comments are told from statements as the parser tells them', (t) => {
  t.deepEqual(splitStatements("select 'it''s; \\'; ' /* a /* ; */ ; */, r'\\'; select 2"), [
    "select 'it''s; \\'; ' /* a /* ; */ ; */, r'\\'",
    `${' '.repeat(46)}select 2`,
  ])
  t.deepEqual(splitStatements('select bar\'a\'; select "a"";" -- c\\\n; still\n;'), [
    "select bar'a'",
    `${' '.repeat(15)}select "a"";" -- c\\\n; still`,
  ])
  t.deepEqual(splitStatements('select 1; -- the end\n/* ; */'), ['select 1'])
})

test('what stands behind the last semicolon is a statement that is not ended, unless it is a comment', (t) => {
  t.deepEqual(splitText("select ';\n"), { complete: [], rest: "select ';\n" })
  t.deepEqual(splitText('select 3; -- c\n'), { complete: ['select 3'], rest: '' })
  t.deepEqual(splitText('select 3; select'), { complete: ['select 3'], rest: `${' '.repeat(10)}select` })
  t.deepEqual(splitText('select 3 -- ;\n'), { complete: [], rest: 'select 3 -- ;\n' })
})

test('a result goes out block by block, and a reader that leaves, like head, ends the query without a word', async (t) => {
  const lineitem = `parquet.\`${TPCH_SMALL}/lineitem.parquet\``
  const args = ['sql', '--format', 'csv', '-c', `select * from ${lineitem}`]
  t.true((await runCli(args)).text.split('\n').length > 60_000)
  const { child, output, closed } = startCli(args)
  child.stdout.once('data', () => child.stdout.destroy())
  t.deepEqual(await closed, [141, null])
  t.is(output.err, '')
})

test('dates are days in JSON', async (t) => {
  const { text } = await runCli([
    'sql',
    '--format',
    'jsonl',
    '-c',
    "select date '2020-01-31' as d, cast(null as date) as n",
  ])
  t.is(text, '{"d":"2020-01-31","n":null}\n')
})

test('an interrupt ends a command that waits for statements with one line and status 130, although its input stays open', async (t) => {
  const { child, output, closed } = startCli(['sql', '--master', 'local[1]', '--format', 'csv'])
  child.stdin.write('select 1 a;\n')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  t.is((await closed)[0], 130)
  t.regex(output.err, /^\[OPERATION_CANCELED\].*\n$/)
})

test('--verbose adds the stack, -f reads statements, and the status of a program is the command’s', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    const [script, program] = [join(directory, 's.sql'), join(directory, 'job.mjs')]
    await writeFile(script, 'select 1 a; select 2 b')
    await writeFile(program, 'process.exit(Number(process.argv[2]))')
    t.is((await runCli(['sql', '--format', 'csv', '-f', script])).text, 'a\n1\nb\n2\n')
    t.regex((await runCli(['sql', '--verbose', '-c', 'select nope'])).err, /UNRESOLVED_COLUMN(.|\n)*\n {4}at /)
    t.is((await runCli(['run', program, '3'])).code, 3)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('EXPLAIN prints the plan as it is, and as one value in the other formats', async (t) => {
  const sql = `explain select count(*) from ${NATION}`
  const { text } = await runCli(['sql', '-c', sql])
  t.regex(text, /^== Physical Plan ==\n(.*\n)+$/)
  t.false(text.includes('\\n'))
  t.is((await runCli(['sql', '--format', 'jsonl', '-c', sql])).text, `${JSON.stringify({ plan: text })}\n`)
})

test('a string over several lines keeps the white space at their ends', async (t) => {
  const { text } = await runCli(['sql', '--format', 'jsonl'], "select 'a  \n  b' x;\nselect 2\n y")
  t.is(text, '{"x":"a  \\n  b"}\n{"y":2}\n')
})

test('millrace alone runs what it is given, and what it does not know is told with the nearest that there is', async (t) => {
  t.deepEqual((await runCli(['--format', 'jsonl'], 'select 1 a; select 2 b')).text, '{"a":1}\n{"b":2}\n')
  t.is((await runCli(['--format', 'jsonl', '-c', 'select 1 a'])).text, '{"a":1}\n')
  for (const [args, told] of [
    [['brokr'], /^error: unknown command 'brokr'\n\(Did you mean broker\?\)\n$/],
    [['select 1'], /^error: statements are given with -c: millrace -c "select 1"\n$/],
    [['--fromat', 'csv'], /unknown option '--fromat'\n\(Did you mean --format\?\)/],
    [['topics', 'lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
  ] as const) {
    const { code, err } = await runCli(args)
    t.is(code, 2)
    t.regex(err, told)
  }
})
