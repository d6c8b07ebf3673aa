import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLI } from '../../support/cli.js'
import { TPCH_SMALL } from '../../support/sessions.js'
import { TmuxTerminal, withTmux } from '../../support/tmux.js'

const LINEITEM = `'${TPCH_SMALL}/lineitem.parquet'`
/** Computes for minutes before its one row. */
const LONG = `select count(*) from ${LINEITEM} a join ${LINEITEM} b on (a.l_orderkey * 3 + b.l_partkey) % 7 <> b.l_suppkey % 5;`
const PROMPT = 'millrace>'

/** A shell in a window, when its prompt is there. */
const inShell = (
  body: (terminal: TmuxTerminal) => Promise<void>,
  size?: readonly [columns: number, rows: number],
): Promise<void> =>
  TmuxTerminal.with(
    [process.execPath, CLI, '--master', 'local[2]'],
    async (terminal) => {
      await terminal.shows(PROMPT)
      await body(terminal)
    },
    size,
  )

withTmux(
  'Ctrl-C cancels the query that runs, drops what is typed, and never ends the shell; Ctrl-D does',
  async (t) => {
    t.timeout(120_000)
    await inShell(async (terminal) => {
      await terminal.enter(LONG)
      await terminal.shows(/job \d+: stage \d of \d, \d of \d tasks, .* rows\/s, \d+ s/)
      await terminal.press('C-c')
      await terminal.shows('[OPERATION_CANCELED]')
      await terminal.press('C-l')
      await terminal.enter('select 1')
      await terminal.shows('...>')
      await terminal.type('nonsense')
      await terminal.press('C-c')
      await terminal.press('C-c')
      await terminal.shows('Ctrl-D or .quit leaves the shell.')
      await terminal.enter("select 'still ' || 'here' x; select nope; select 3 three;")
      const shown = await terminal.shows('UNRESOLVED_COLUMN')
      t.true(shown.includes('still here'))
      await terminal.press('C-d')
      t.false(
        (await terminal.shows('left with 0')).includes('three|'),
        'what follows a statement that failed is dropped',
      )
    })
  },
)

withTmux('arrows go from line to line of a statement, and from its first line to older ones', async (t) => {
  await inShell(async (terminal) => {
    await terminal.enter("select 'a1' x")
    await terminal.enter(', 2 y')
    await terminal.type('limit 1;')
    await terminal.press('Up', 'Up', 'End')
    await terminal.type('x')
    await terminal.press('C-End', 'Enter')
    await terminal.shows(/\|xx\|y\|\n\+-+\+-\+\n\|a1\|2\|/)
    await terminal.press('C-l', 'Up')
    t.is(await terminal.shows('limit'), "millrace> select 'a1' xx\n     ...> , 2 y\n     ...> limit 1;")
    await terminal.press('C-c')
    await terminal.press('C-r')
    await terminal.type('A1')
    await terminal.shows("search 'A1': select 'a1' xx")
    await terminal.press('C-c')
    await terminal.press('C-d')
    await terminal.shows('left with 0')
    const history = await readFile(join(terminal.folder, 'config/millrace/history'), 'utf8')
    t.is(history, `${JSON.stringify("select 'a1' xx\n, 2 y\nlimit 1;")}\n`)
  })
})

withTmux('Ctrl-Z stops the shell, and what was typed is there when it goes on', async (t) => {
  const shell = [process.execPath, CLI, '--master', 'local[1]'].map((word) => `"${word}"`).join(' ')
  await TmuxTerminal.with(['bash', '--norc', '-i'], async (terminal) => {
    await terminal.enter(shell)
    await terminal.shows(`\n${PROMPT}`)
    await terminal.type("select 'go' || 'es on")
    await terminal.press('C-z')
    await terminal.shows('Stopped')
    await terminal.enter('fg')
    await terminal.shows(/fg\n.*\nmillrace> select 'go' \|\| 'es on/s)
    await terminal.enter("';")
    t.pass(await terminal.shows('|goes on'))
  })
})

withTmux('what is pasted is edited before it runs, and a window that changes its size draws it again', async (t) => {
  await inShell(
    async (terminal) => {
      await terminal.paste('select 1 one;\nselect 2\n  two;')
      const pasted = 'millrace> select 1 one;\n     ...> select 2\n     ...>   two;'
      t.true((await terminal.shows('two;')).endsWith(pasted))
      await terminal.press('Enter')
      t.true((await terminal.shows('|two|')).includes('|one|'))
      await terminal.press('C-l')
      await terminal.type(`select '${'a'.repeat(40)}' a`)
      await terminal.shows("aa'")
      await terminal.resize(30, 12)
      await terminal.press('C-e')
      await terminal.shows(/^millrace> select 'a{11}\n/)
      await terminal.resize(60, 12)
      await terminal.type('b;')
      await terminal.shows(/^millrace> select 'a{40}'\n ab;$/)
    },
    [60, 12],
  )
})

withTmux('Tab completes commands, files, columns and settings, and lists what there is of several', async (t) => {
  await inShell(async (terminal) => {
    await writeFile(join(terminal.folder, 'trips.csv'), 'distance,day\n1.5,2024-01-31\n')
    await terminal.type("select  from 'tr")
    await terminal.press('Tab')
    await terminal.shows("from 'trips.csv'")
    await terminal.press('C-a')
    await terminal.press('C-Right')
    await terminal.press('Right')
    await terminal.type('dist')
    await terminal.press('Tab')
    await terminal.press('Tab')
    t.true((await terminal.shows('distinct')).includes('distance'))
    await terminal.type('anc')
    await terminal.press('Tab')
    await terminal.shows('select distance from')
    await terminal.press('C-End')
    await terminal.enter(';')
    await terminal.shows('|     1.5|')
    await terminal.type('set session.ti')
    await terminal.press('Tab')
    await terminal.shows('set session.timeZone')
    await terminal.press('C-c')
    await terminal.type('.sch')
    await terminal.press('Tab')
    await terminal.enter(" 'trips.csv'")
    await terminal.shows('|-- day: date (nullable = true)')
  })
})

withTmux('commands import, list, read, send results elsewhere and tell what is wrong with them', async (t) => {
  await inShell(async (terminal) => {
    const { folder } = terminal
    await writeFile(join(folder, 'trips.csv'), 'id,to\n1,Kyōto\n2,東京\n')
    await writeFile(join(folder, 'script.sql'), 'select count(*) as in_script\nfrom trips;')
    await terminal.enter('.timer off')
    await terminal.enter('.import trips.csv trips')
    await terminal.shows('2 rows into `trips`')
    await terminal.enter('.import trips.csv trips')
    await terminal.enter('.read script.sql')
    await terminal.shows(/\|in_script\|\n\+-+\+\n\| {8}4\|/)
    await terminal.enter('.tables t*')
    await terminal.shows(/\ntrips\n/)
    await terminal.enter('select distinct * from trips order by id;')
    await terminal.shows('|id|to   |\n+--+-----+\n| 1|Kyōto|\n| 2|東京 |\n')
    await terminal.enter('.explain select 1')
    await terminal.shows('== Physical Plan ==')
    await terminal.press('C-l')
    await terminal.enter('help')
    await terminal.shows('.import FILE TABLE')
    await terminal.press('C-l')
    await terminal.enter('.mode parquet')
    await terminal.shows('parquet is binary')
    await terminal.enter('.output out.csv')
    await terminal.enter('.mode csv')
    await terminal.enter('select 1 a;')
    await terminal.enter('.output')
    await terminal.enter('.mode jsonl')
    await terminal.enter('select 2 b;')
    await terminal.shows('{"b":2}')
    t.is(await readFile(join(folder, 'out.csv'), 'utf8'), 'a\n1\n')
    await terminal.press('C-l')
    await terminal.enter('.hlep')
    await terminal.shows('Did you mean .help?')
    await terminal.enter('.timer')
    await terminal.shows('Usage: .timer on | off')
    await terminal.enter('.mode table')
    await terminal.enter('.pager on')
    await terminal.enter("select repeat('x', 90) wide;")
    await terminal.shows(/\|x{79}\nx{11}\|/)
    await terminal.enter('.quit')
    await terminal.shows('left with 0')
  })
})

withTmux('a binary format is refused on a terminal', async (t) => {
  await TmuxTerminal.with([process.execPath, CLI, '--format', 'arrow', '-c', 'select 1'], async (terminal) => {
    t.regex(await terminal.shows('left with 1'), /^\[BINARY_ON_TERMINAL\]/)
  })
})

withTmux('a frame is shown in the interactive Node', async (t) => {
  await TmuxTerminal.with([process.execPath], async (terminal) => {
    await terminal.shows('>')
    await terminal.enter(
      `const { Session } = await import('${new URL('../../../bundle/api/index.js', import.meta.url)}')`,
    )
    await terminal.enter("const session = await Session.builder().master('local[1]').getOrCreate()")
    await terminal.enter("await session.range(2).withColumnRenamed('id', 'number').show()")
    await terminal.shows(/\|number\|\n\+-+\+\n\| {5}0\|/)
    await terminal.enter('await session.stop()')
    await terminal.press('C-d')
    t.pass(await terminal.shows('left with 0'))
  })
})
