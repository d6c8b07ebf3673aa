import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { boundedTable } from '../../cli/output/table.js'
import { writeResult } from '../../cli/output/write-result.js'
import { readScript } from '../../cli/sql/read-script.js'
import { ResultOutput } from '../../cli/sql/result-output.js'
import { Script } from '../../cli/sql/script.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, STRING, schema } from '../../columnar/types.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

/** A terminal, or a pipe, and what was written to it; or one that fails. */
class Stream extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns = 40
  readonly #error: Error | undefined

  constructor(isTTY: boolean, error?: Error) {
    super()
    this.isTTY = isTTY
    this.#error = error
    this.on('error', () => undefined)
  }

  override _write(chunk: unknown, _encoding: string, done: (error?: Error) => void): void {
    this.text += String(chunk)
    done(this.#error)
  }
}

const table = async (
  places: number | undefined,
  names: readonly string[],
  row: readonly unknown[],
): Promise<string> => {
  const made = schema(names.map((name, i) => field(name, typeof row[i] === 'string' ? STRING : INT)))
  const blocks = async function* (): AsyncGenerator<Block> {
    yield blockFromRows(made, [Object.fromEntries(names.map((name, i) => [name, row[i]]))])
  }
  const target = { mostRows: 5, timeZone: 'UTC', ...(places === undefined ? {} : { columns: places }) }
  return await boundedTable(made, blocks(), target)
}

test('in a table numbers stand to the right and texts to the left, and of columns that are left out dots tell', async (t) => {
  t.is(await table(undefined, ['id', 'word'], [1, 'ab']), '+--+----+\n|id|word|\n+--+----+\n| 1|ab  |\n+--+----+\n')
  t.is(
    await table(27, ['first_one', 'b', 'c_column', 'd_column', 'last_one'], ['x', 2, 3, 4, 'a text that is long']),
    `${[
      '+---------+-+---+---------+',
      '|first_one|b|...|last_one |',
      '+---------+-+---+---------+',
      '|x        |2|...|a text t…|',
      '+---------+-+---+---------+',
    ].join('\n')}\n5 columns (3 shown)\n`,
  )
})

test('a terminal is shown forty rows in its width, and a pipe a thousand; how many there were is told', (t) =>
  withSession('local[1]', async (session) => {
    const shown = async (rows: number, isTTY: boolean): Promise<string> => {
      const stream = new Stream(isTTY)
      t.is(await writeResult(session.sql(`select id, repeat('x', 50) s from range(${rows})`), 'table', stream), rows)
      return stream.text
    }
    const terminal = await shown(41, true)
    t.regex(terminal, /\n\| 19\|x+…\|\n\|\.\.\.\|\.\.\. +\|\n\| 21\|[\s\S]*\n41 rows \(40 shown\)\n$/)
    t.is(Math.max(...terminal.split('\n').map((line) => line.length)), 40)
    t.notRegex(await shown(40, true), /shown/)
    t.notRegex(await shown(1_000, false), /shown|…/)
    t.regex(await shown(1_001, false), /1001 rows \(1000 shown\)\n$/)
  }))

test('what is no text goes to no terminal, a statement without columns runs and writes nothing, and a broken pipe is no failure of ours', (t) =>
  withSession('local[1]', async (session) => {
    const one = (sql = 'select 1 a') => session.sql(sql)
    const terminal = new Stream(true)
    await raised(t, writeResult(one(), 'parquet', terminal), 'BINARY_ON_TERMINAL')
    t.is(terminal.text, '')
    const pipe = new Stream(false)
    t.is(await writeResult(one(), 'arrow', pipe), 1)
    t.not(pipe.text, '')
    const view = new Stream(false)
    t.is(await writeResult(await session.runStatement('create temporary view v as select 1 a'), 'csv', view), 0)
    t.is(view.text, '')
    t.is(await writeResult(one('select a from v'), 'csv', view), 1)
    t.is(view.text, 'a\n1\n')
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const failed = await raised(t, writeResult(one(), 'csv', new Stream(false, full)), 'FAILED_WRITE_FILE')
    t.regex(failed.message, /standard output.*no space/)
    const closed = Object.assign(new Error('closed'), { code: 'EPIPE' })
    t.is(await t.throwsAsync(writeResult(one(), 'csv', new Stream(false, closed))), closed)
  }))

const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-results-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('results go to the file that was named last, which is whole when another one is, and binary ones only to files', (t) =>
  inFolder(async (folder) => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    const output = new ResultOutput('csv')
    t.is(output.path, undefined)
    t.is(output.stream, process.stdout)
    await output.sendTo(first)
    t.is(output.path, first)
    output.stream.write('x'.repeat(1 << 20))
    await output.sendTo(second)
    t.is((await readFile(first)).length, 1 << 20)
    t.is(output.path, second)
    await raised(t, output.sendTo(join(folder, 'no', 'such')), 'FAILED_WRITE_FILE')
    t.is(output.path, undefined, 'the one before has ended')
    await output.sendTo(first)
    await output.sendTo(undefined)
    t.deepEqual([output.format, output.path], ['csv', undefined])
    output.format = 'arrow'
    await output.sendTo(undefined)
    t.like(output, { format: 'table' })
  }))

test('a script that is missing is told as that, and one that cannot be read otherwise', (t) =>
  inFolder(async (folder) => {
    await raised(t, readScript(join(folder, 'none.sql')), 'PATH_NOT_FOUND')
    await raised(t, readScript(folder), 'FAILED_READ_FILE')
  }))

/** Runs parts of a script. @returns what it wrote to the file that it was told to, and what it told */
async function ran(session: Session, path: string, parts: readonly string[]) {
  let told = ''
  const script = new (class extends Script {
    override readonly print = (text: string): void => {
      told += text
    }
  })(session, 'csv')
  await script.run([`.output ${path}`, ...parts])
  await script.output.sendTo(undefined)
  return { wrote: await readFile(path, 'utf8'), told }
}

test('a script runs its statements and commands in turn until one says that it ends, and tells times when it is to', (t) =>
  inFolder((folder) =>
    withSession('local[1]', async (session) => {
      const path = join(folder, 'out')
      const parts = ['select 1 a', '.mode jsonl', 'select 2 b', '.timer on', 'select 3 c', '.quit', 'select 4 d']
      const { wrote, told } = await ran(session, path, parts)
      t.is(wrote, 'a\n1\n{"b":2}\n{"c":3}\n')
      t.regex(told, /^1 row, \d+\.\d{3} s\n$/)
      await raised(t, ran(session, path, ['.mode nonsense', 'select 1 a']), 'INVALID_API_USE')
      t.is(await readFile(path, 'utf8'), '')
    }),
  ))
