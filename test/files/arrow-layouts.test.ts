import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Field,
  Int32,
  List,
  makeData,
  RecordBatchReader,
  Struct,
  Table,
  tableFromIPC,
  Utf8,
  Vector,
} from 'apache-arrow'
import test from 'ava'
import { functions as F, Session } from '../../api/index.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { TimeOfDay } from '../../columnar/times/time-of-day.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { refusal } from '../support/raised.js'

/** What pyarrow wrote, and what it has in these files (`test/support/arrow/layout_files.py`). */
const DATA = 'test/data/arrow'

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-layouts-'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

/** A value as the file of what is expected has it. */
function shownValue(value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (value instanceof CalendarDate) return String(value.days)
  if (value instanceof Timestamp) return String(value.micros)
  if (value instanceof TimeOfDay) return String(value.nanos)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(shownValue)
  if (value instanceof Map) return [...value].map((entry) => entry.map(shownValue))
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shownValue(one)]))
}

const columnsOf = (rows: readonly object[]): Readonly<Record<string, readonly unknown[]>> => {
  const names = Object.keys(rows[0]!)
  const values = rows.map((row) => row as Readonly<Record<string, unknown>>)
  return Object.fromEntries(names.map((name) => [name, values.map((row) => shownValue(row[name]))]))
}

const expected = JSON.parse(readFileSync(`${DATA}/layouts.json`, 'utf8')) as Readonly<Record<string, unknown[]>>

for (const name of ['layouts', 'layouts-lz4', 'layouts-zstd'])
  test.serial(
    `${name}.arrow has what pyarrow has in it: views, large and fixed lists, dictionaries in lists, NULL at every level`,
    async (t) => {
      const found = columnsOf(await session.read.arrow(`${DATA}/${name}.arrow`).collect())
      for (const [column, values] of Object.entries(expected)) t.deepEqual(found[column], values, column)
      t.is(Object.keys(found).length, Object.keys(expected).length)
    },
  )

test.serial('a slice of a table of apache-arrow becomes the same rows, whatever its offsets', async (t) => {
  const reader = await RecordBatchReader.from(readFileSync(`${DATA}/layouts.arrow`)).open()
  const table = new Table([...reader])
  for (const [from, until] of [
    [0, 125],
    [3, 60],
    [53, 120],
  ] as const) {
    const found = columnsOf(await session.createDataFrame(table.slice(from, until)).collect())
    for (const [column, values] of Object.entries(expected))
      t.deepEqual(found[column], values.slice(from, until), `${column} from ${from}`)
  }
})

for (const compression of ['none', 'lz4', 'zstd'])
  test.serial(`what is written with compression ${compression} is read again, in parts of blocks too`, async (t) => {
    const frame = session.read.arrow(`${DATA}/layouts.arrow`)
    const target = join(folder, compression)
    await frame.coalesce(1).write.format('arrow').option('compression', compression).save(join(target, 'whole'))
    const whole = columnsOf(await session.read.arrow(join(target, 'whole')).collect())
    t.deepEqual(whole, columnsOf(await frame.collect()))
    const parts = join(target, 'parts')
    const divided = frame.withColumn('part', F.expr('unsigned is null'))
    await divided.coalesce(1).write.format('arrow').partitionBy('part').option('compression', compression).save(parts)
    const order = ['seconds', 'milli', 'flags']
    t.deepEqual(
      columnsOf(
        await session.read
          .arrow(parts)
          .drop('part')
          .orderBy(...order)
          .collect(),
      ),
      columnsOf(await frame.orderBy(...order).collect()),
    )
  })

test.serial('files with compression are smaller, and other readers find it where the format has it', async (t) => {
  const frame = session.sql("select id, repeat('some text ', 5) s, sequence(0, 20) l from range(5000)").coalesce(1)
  const sizes: number[] = []
  for (const compression of ['none', 'lz4', 'zstd']) {
    const target = join(folder, `size-${compression}`)
    await frame.write.format('arrow').option('compression', compression).save(target)
    const [name] = readdirSync(target).filter((one) => one.endsWith('.arrow'))
    sizes.push(statSync(join(target, name!)).size)
    if (compression !== 'none') continue
    t.is(tableFromIPC(readFileSync(join(target, name!))).numRows, 5000)
  }
  const [plain, lz4, zstd] = sizes
  t.true(lz4! < plain! / 4 && zstd! < lz4!, String(sizes))
})

const raised = async (work: Promise<unknown>): Promise<MillraceError> => {
  const error: unknown = await work.then(
    () => undefined,
    (one: unknown) => one,
  )
  if (!MillraceError.is(error)) throw error ?? new Error('nothing was raised')
  return error
}

test.serial(
  'layouts that are not read are refused by their names, and so are compressions that there are not',
  async (t) => {
    for (const [name, type] of [
      ['list-view', /the Arrow column odd of type ListView/],
      ['runs', /the Arrow column odd of type RunEndEncoded/],
      ['union', /the Arrow column odd of type .*Union/],
    ] as const) {
      const error = await raised(session.read.arrow(`${DATA}/${name}.arrow`).count())
      t.is(error.condition, 'UNSUPPORTED_FEATURE')
      t.regex(error.message, type)
    }
    const write = session.range(1).write.format('arrow').option('compression', 'brotli').save(join(folder, 'brotli'))
    t.is((await raised(write)).condition, 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION')
  },
)

test.serial(
  'what lies under NULL does not count: values, texts, fields of structs and elements of lists',
  async (t) => {
    const nullBitmap = Uint8Array.of(0b101)
    const numbers = makeData({ type: new Int32(), length: 3, nullBitmap, data: Int32Array.of(1, 77, 3) })
    const texts = makeData({
      type: new Utf8(),
      length: 3,
      nullBitmap,
      valueOffsets: Int32Array.of(0, 1, 5, 6),
      data: Buffer.from('ahideb'),
    })
    const pair = new Struct([new Field('n', new Int32(), true), new Field('s', new Utf8(), true)])
    const parts = [
      makeData({ type: new Int32(), length: 3, data: Int32Array.of(1, 77, 3) }),
      makeData({ type: new Utf8(), length: 3, valueOffsets: Int32Array.of(0, 1, 5, 6), data: Buffer.from('ahideb') }),
    ]
    const structs = makeData({ type: pair, length: 3, nullBitmap, children: parts })
    const listsOf = (nullable: boolean) => {
      const type = new List(new Field('element', new Int32(), nullable))
      const data = makeData({ type, length: 1, valueOffsets: Int32Array.of(0, 3), child: numbers })
      return session.createDataFrame(new Table({ l: new Vector([data]) }))
    }
    const all = new Table({ n: new Vector([numbers]), s: new Vector([texts]), p: new Vector([structs]) })
    const rows = await session.createDataFrame(all).collect()
    t.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { n: 1, s: 'a', p: { n: 1, s: 'a' } },
        { n: null, s: null, p: null },
        { n: 3, s: 'b', p: { n: 3, s: 'b' } },
      ],
    )
    const type = new List(new Field('element', new Utf8(), true))
    const words = makeData({ type, length: 1, valueOffsets: Int32Array.of(0, 3), child: texts })
    const wordList = session.createDataFrame(new Table({ l: new Vector([words]) }))
    t.is(await wordList.filter("l = array('a', null, 'b')").count(), 1)
    const list = listsOf(true)
    t.regex(await refusal(t, () => listsOf(false)), /^INVALID_ROW_VALUE/)
    t.is(await list.filter('l = array(1, null, 3)').count(), 1)
    t.is(await list.union(session.sql('select array(1, null, 3) l')).distinct().count(), 1)
  },
)
