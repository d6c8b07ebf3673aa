import {
  Bool,
  DateDay,
  Dictionary,
  Float16,
  Float32,
  Int8,
  Int32,
  makeVector,
  Table,
  TimestampMicrosecond,
  TimestampSecond,
  tableFromArrays,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSharedSession } from '../support/shared-sessions.js'

const collected = async (session: Session, table: Table): Promise<readonly (readonly string[])[]> =>
  (await session.createDataFrame(table).collect()).map((row) =>
    Object.values(row).map((value) => (value instanceof Date ? value.toISOString() : String(value))),
  )

test('a table of Arrow becomes a DataFrame, type by type, NULLs and slices included', (t) =>
  withSharedSession('local[2]', async (session) => {
    const table = new Table({
      i8: vectorFromArray([1, null, -128], new Int8()),
      i32: vectorFromArray([2 ** 31 - 1, -1, null], new Int32()),
      u32: vectorFromArray([2 ** 32 - 1, 0, null], new Uint32()),
      u64: vectorFromArray([2n ** 64n - 1n, null, 0n], new Uint64()),
      f32: vectorFromArray([0.5, null, -2], new Float32()),
      flag: vectorFromArray([true, null, false], new Bool()),
      text: vectorFromArray(['', 'é千', null], new Utf8()),
      word: vectorFromArray(['a', null, 'a'], new Dictionary(new Utf8(), new Int32())),
      day: vectorFromArray([new Date('1969-12-31'), null, new Date('2024-02-29')], new DateDay()),
      at: vectorFromArray([new Date('1969-12-31T23:59:59Z'), null, new Date(0)], new TimestampSecond('UTC')),
    })
    t.is(
      (await session.createDataFrame(table).schema()).fields.map(({ type }) => type.kind).join(),
      'tinyint,int,bigint,decimal,float,boolean,string,string,date,timestamp',
    )
    const day = (text: string): string => new Date(text).toISOString()
    const rows = [
      [
        '1',
        '2147483647',
        '4294967295',
        '18446744073709551615',
        '0.5',
        'true',
        '',
        'a',
        day('1969-12-31'),
        day('1969-12-31T23:59:59Z'),
      ],
      ['null', '-1', '0', 'null', 'null', 'null', 'é千', 'null', 'null', 'null'],
      ['-128', 'null', 'null', '0', '-2', 'false', 'null', 'a', day('2024-02-29'), day('1970-01-01')],
    ]
    t.deepEqual(await collected(session, table), rows)
    t.deepEqual(await collected(session, table.slice(1, 3)), rows.slice(1))
    const micros = makeVector({ type: new TimestampMicrosecond(), data: BigInt64Array.of(1_500_123n, -1n) })
    const [row] = await session
      .createDataFrame(new Table({ micros }))
      .selectExpr('cast(micros as string) as s')
      .collect()
    t.is(String(row!['s']), '1970-01-01 00:00:01.500123')
  }))

test('what a query gives as Arrow is the same as a DataFrame again: decimals, structs, many rows', (t) =>
  withSharedSession('local[2]', async (session) => {
    session.range(20_000).createOrReplaceTempView('numbers')
    const query = `select id, cast(id as decimal(30,2)) / 3 as wide, cast(id - 5000 as decimal(12,2)) as short,
      case when id % 3 > 0 then struct(id as a, concat('x', cast(id as string)) as b) end as s,
      cast(null as int) as nothing from numbers`
    const original = session.sql(query)
    const again = session.createDataFrame(await original.toArrow())
    const texts = async (frame: typeof original): Promise<string[]> =>
      (await frame.orderBy('id').collect()).map((row) =>
        JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
      )
    t.deepEqual(await texts(again), await texts(original))
  }))

test('a result without rows has the children of its structs, arrays and maps as Arrow', (t) =>
  withSharedSession('local[1]', async (session) => {
    const empty = session.sql('select struct(id as a) s, array(struct(id)) l, map(id, array(id)) m from range(0)')
    const [batch] = (await empty.toArrow()).batches
    t.deepEqual(
      batch!.data.children.map(({ length, children }) => [length, children.length]),
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    )
  }))

test('what has no counterpart, or is no table, is refused by name', (t) =>
  withSharedSession('local[1]', async (session) => {
    const half = new Table({ h: vectorFromArray([1.5], new Float16()) })
    t.regex(
      await refusal(t, () => session.createDataFrame(half)),
      /^UNSUPPORTED_FEATURE.*Arrow column h of type Float16/,
    )
    t.throws(() => session.createDataFrame({} as Table), { message: /INVALID_API_USE/ })
    t.is(await session.createDataFrame(tableFromArrays({ a: new Int32Array(0) })).count(), 0)
  }))
