import test from 'ava'
import { FORMAT_NAMES } from '../../../cli/output/formats.js'
import type { ShellContext } from '../../../cli/shell/commands/command.js'
import { runCommand } from '../../../cli/shell/commands/commands.js'
import { ResultOutput } from '../../../cli/sql/result-output.js'
import { field, INT, schema } from '../../../columnar/types.js'
import { raised } from '../../support/raised.js'

/** A shell over a session that has some tables, and what commands did with it. */
class FakeShell implements ShellContext {
  readonly output = new ResultOutput('table')
  readonly asked: string[] = []
  showsTime = false
  usesPager = false
  readingDepth = 0
  printed = ''
  readonly session: ShellContext['session']

  constructor(tables: readonly string[] = []) {
    const asked = this.asked
    const rows = {
      count: async () => 7n,
      write: {
        insertInto: async (table: string) => void asked.push(`into ${table}`),
        saveAsTable: async (table: string) => void asked.push(`as ${table}`),
      },
      schema: async () => schema([field('a', INT)]),
    }
    const session = {
      sql: (text: string) => {
        asked.push(text)
        return rows
      },
      catalog: {
        listTables: async (_: undefined, pattern?: string) => {
          if (pattern !== undefined) asked.push(`like ${pattern}`)
          return tables.map((name) => ({ name }))
        },
        tableExists: async (table: string) => tables.includes(table),
      },
    }
    this.session = session as unknown as ShellContext['session']
  }

  readonly print = (text: string): void => {
    this.printed += text
  }

  async run(parts: readonly string[]): Promise<void> {
    this.asked.push(...parts)
  }

  leave(): void {
    this.asked.push('leave')
  }
}

/** What a command did, or what is wrong with it. */
async function done(line: string, shell = new FakeShell()): Promise<readonly [readonly string[], string] | string> {
  return (await runCommand(line, shell)) ?? [shell.asked, shell.printed]
}

test('a command has as many arguments as it takes, words in quotes being one, and is named in any case', async (t) => {
  const usages: Readonly<Record<string, string>> = {
    '.tables a b': 'Usage: .tables [PATTERN]',
    '.read': 'Usage: .read FILE',
    '.import a': 'Usage: .import FILE TABLE',
    '.import a b c': 'Usage: .import FILE TABLE',
    '.quit now': 'Usage: .quit',
    '.pager': 'Usage: .pager on | off',
    '.explain': 'Usage: .explain QUERY',
  }
  for (const [line, usage] of Object.entries(usages)) t.is(await done(line), usage)
  t.is(await done('.zzzzzzzzzz'), 'There is no command .zzzzzzzzzz. .help lists what there is.')
  t.deepEqual(await done('  .TABLES "a b" '), [['like a b'], 'There are no tables.\n'])
  for (const name of ['quit', 'exit']) t.deepEqual(await done(`.${name}`), [['leave'], ''])
})

test('tables are listed, and columns shown of one relation as it is written or of all tables', async (t) => {
  t.deepEqual(await done('.tables', new FakeShell(['a', 'b'])), [[], 'a\nb\n'])
  const columns = ' |-- a: integer (nullable = true)\n'
  t.deepEqual(await done(".schema 'x y.csv' ; "), [["select * from 'x y.csv' "], `'x y.csv' ;\n${columns}`])
  t.deepEqual(await done('.schema', new FakeShell(['a', 'odd`one'])), [
    ['select * from `a`', 'select * from `odd``one`'],
    `\`a\`\n${columns}\`odd\`\`one\`\n${columns}`,
  ])
  t.deepEqual(await done('.explain select 1 ;'), [['explain formatted select 1 '], ''])
})

test('rows of a file are appended to a table that is there, and make one that is not', async (t) => {
  const shell = () => new FakeShell(['there'])
  const rows = "select * from 'a b.csv'"
  t.deepEqual(await done(".import 'a b.csv' there", shell()), [[rows, 'into there'], '7 rows into `there`\n'])
  t.deepEqual(await done('.import "a b.csv" s.new', shell()), [[rows, 'as s.new'], '7 rows into `s`.`new`\n'])
  const odd = shell()
  await raised(t, runCommand('.import "it\'s" there', odd), 'INVALID_API_USE')
  t.deepEqual(odd.asked, [])
})

test('formats that are no text want a file, switches are on or off, and help names every command', async (t) => {
  const shell = new FakeShell()
  t.deepEqual(await done('.mode', shell), [[], 'table\n'])
  t.is(await done('.mode arrow', shell), 'arrow is binary: send results to a file first, with .output FILE')
  t.is(await done('.mode zzzzzzzzzzzz', shell), `There is no mode zzzzzzzzzzzz. There are ${FORMAT_NAMES.join(', ')}.`)
  t.is(shell.output.format, 'table')
  await done('.mode csv', shell)
  t.is(shell.output.format, 'csv')
  for (const [line, showsTime, usesPager] of [
    ['.timer on', true, false],
    ['.pager on', true, true],
    ['.timer off', false, true],
    ['.pager off', false, false],
  ] as const) {
    await done(line, shell)
    t.deepEqual([shell.showsTime, shell.usesPager], [showsTime, usesPager], line)
  }
  const helped = new FakeShell()
  await done('.help', helped)
  for (const name of 'help tables schema read mode timer pager output import explain quit exit'.split(' '))
    t.regex(helped.printed, new RegExp(`^  \\.${name}\\b.* \\S`, 'm'), name)
})
