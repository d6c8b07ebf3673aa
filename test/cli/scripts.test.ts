import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { splitStatements, splitText } from '../../cli/sql/split-statements.js'
import { runCli } from '../support/cli.js'

test('a line that begins with a dot is a command where no statement is open, and ends with its line', (t) => {
  t.deepEqual(splitText('.tables\nselect 1;\n  .mode csv\nselect .5\n.x; .y'), {
    complete: ['.tables', '\nselect 1', '\n\n  .mode csv', '\n\n\nselect .5\n.x'],
    rest: '\n\n\n\n    .y',
  })
  t.deepEqual(splitText('select 1; .mode csv'), { complete: ['select 1'], rest: '          .mode csv' })
  t.deepEqual(splitText('-- no\n.mode'), { complete: [], rest: '\n.mode' })
  t.deepEqual(splitStatements('-- a\n.mode csv\n.quit'), ['\n.mode csv', '\n\n.quit'])
  t.deepEqual(splitText('.mode csv; select 1\n'), { complete: ['.mode csv; select 1'], rest: '' })
})

test('commands of the shell stand in scripts, too: from a file, by -c and from a pipe', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-scripts-'))
  try {
    const [script, inner, out] = ['script.sql', 'inner.sql', 'out.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(inner, 'select 2 as b;\n.mode json\nselect 3 as c')
    await writeFile(
      script,
      `create temp view v as select 1 as a;\n.tables\n.mode csv\nselect * from v;\n.read ${inner}\nselect 4 as d;\n.mode csv\n.output ${out}\nselect 5 as e;\n.output\nselect 6 as f;\n.quit\nselect 7`,
    )
    const { code, text, err } = await runCli(['sql', '-f', script])
    t.deepEqual([code, err, text], [0, '', 'v\na\n1\nb\n2\n[\n{"c":3}\n]\n[\n{"d":4}\n]\nf\n6\n'])
    t.is(await readFile(out, 'utf8'), 'e\n5\n')
    t.is((await runCli(['sql', '-c', '.mode jsonl\nselect 1 as a'])).text, '{"a":1}\n')
    t.is((await runCli(['sql'], '.mode csv\nselect 1 as a;\n.mode')).text, 'a\n1\ncsv\n')
    t.regex((await runCli(['sql', '-c', '.timer on\nselect 1 as a'])).text, /\n1 row, \d+\.\d{3} s\n$/)

    await writeFile(inner, `.read ${inner}`)
    for (const [sql, message] of [
      ['.moed csv\nselect 1', /There is no command \.moed\. Did you mean \.mode\?/],
      ['.mode xml\nselect 1', /There is no mode xml\. There are table, /],
      ['.mode cvs\nselect 1', /There is no mode cvs\. Did you mean csv\?/],
      ['.timer maybe\nselect 1', /maybe is neither on nor off/],
      [`.read ${inner}`, /more than 20 files read each other/],
      [`.output ${folder}\nselect 1`, /FAILED_WRITE_FILE/],
    ] as const) {
      const failed = await runCli(['sql', '-c', sql])
      t.deepEqual([failed.code, failed.text], [1, ''], sql)
      t.regex(failed.err, message)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a file that takes no more of a result is one condition', async (t) => {
  const failed = await runCli(
    ['sql'],
    '.output /dev/full\n.mode csv\nselect id from range(100000);\n.output\nselect 1 as a;\n',
  )
  t.is(failed.code, 1)
  t.regex(
    failed.err,
    /^\[FAILED_WRITE_FILE\] Could not write the file \/dev\/full: .*no space left.* SQLSTATE: 58030\n$/,
  )
})
