import test from 'ava'
import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  collatedString,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  field,
  INT,
  STRING,
  struct,
  TIMESTAMP,
} from '../../columnar/types.js'
import type { ScanFilter, WriteDescription } from '../../connectors/api.js'
import type { Connection } from '../../connectors/postgres/client/connection.js'
import { columnType } from '../../connectors/postgres/column-types.js'
import { pushed } from '../../connectors/postgres/filters.js'
import { readOptions } from '../../connectors/postgres/options/read-options.js'
import { writeOptions } from '../../connectors/postgres/options/write-options.js'
import { sharesOf } from '../../connectors/postgres/shares.js'
import type { PostgresJob } from '../../connectors/postgres/sink/job.js'
import { publish } from '../../connectors/postgres/sink/publish.js'
import { rowText } from '../../connectors/postgres/sink/row-text.js'
import { dropJob, dropLeftovers, taskTableName } from '../../connectors/postgres/sink/staging.js'
import { isWritten, noteBatch } from '../../connectors/postgres/sink/stream-log.js'
import { columnsFor, lookedUp } from '../../connectors/postgres/sink/target.js'
import { columnsText } from '../../connectors/postgres/sink/written-types.js'
import type { Condition } from '../../connectors/postgres/split.js'
import { parsedName } from '../../connectors/postgres/table-name.js'
import { valueText } from '../../connectors/postgres/value-text.js'

/* What a server is told, without one. */

type Row = readonly unknown[]

/** A connection that notes what it is told, and answers or fails. */
function recording(answer: (statement: string, values: Row) => readonly Row[] | Error = () => []) {
  const told: string[] = []
  const rows = async (statement: string, values: Row = []): Promise<readonly Row[]> => {
    told.push(statement.replaceAll(/\s+/g, ' '))
    const given = answer(statement, values)
    if (given instanceof Error) throw given
    return given
  }
  return { told, connection: { rows, server: 's' } as unknown as Connection }
}

const TARGET = { table: { schema: 'p', name: 't' }, exists: true, columns: ['a', 'b'] }
const STREAMING = { queryId: 'q', batchId: 5, start: 1, isFirst: false, prepared: [] }

function jobOf(
  connection: Connection,
  other: Partial<PostgresJob> = {},
  mode = 'append',
  streams = false,
): PostgresJob {
  const write = { mode, jobId: 'j', ...(streams ? { streaming: STREAMING } : {}) } as unknown as WriteDescription
  const options = { upsertKeys: [], isolation: undefined } as unknown as PostgresJob['options']
  const names = ['a', 'b']
  return {
    write,
    options,
    connection,
    target: TARGET,
    columns: ['"a" int', '"b" text'],
    names,
    creates: false,
    ...other,
  }
}

const answers = (statement: string): readonly Row[] => (/xact_id|returning/.test(statement) ? [['7']] : [])
const INSERTS = ['s1', 's2'].map((one) => `insert into "p"."t" ("a", "b") select "a", "b" from "p"."${one}"`)

test('rows become visible by one transaction, which a batch of a stream is noted in, and any failure takes back', async (t) => {
  const all = recording(answers)
  const isolation = { upsertKeys: [], isolation: 'serializable' } as unknown as PostgresJob['options']
  await publish(jobOf(all.connection, { options: isolation }, 'append', true), ['s1', 's2'])
  t.regex(
    all.told[2]!,
    /^insert into "p"."millrace_streams" as log .* where log.batch_id < excluded.batch_id returning 1$/,
  )
  const expected = ['begin isolation level serializable', 'select pg_current_xact_id()::text', all.told[2]!, ...INSERTS]
  t.deepEqual(all.told, [...expected, 'commit'])
  // The rows' own statements, each of them.
  for (let failing = 3; failing <= expected.length; failing++) {
    const struck = recording((statement) => (struck.told.length === failing ? new Error('struck') : answers(statement)))
    const writing = publish(jobOf(struck.connection, { options: isolation }, 'append', true), ['s1', 's2'])
    await t.throwsAsync(writing, { message: 'struck' })
    t.deepEqual(struck.told, [...expected.slice(0, failing), 'rollback'])
  }
  const late = recording((statement) => (statement === 'commit' ? new Error('refused') : answers(statement)))
  await t.throwsAsync(publish(jobOf(late.connection), ['s1']), { message: 'refused' })
  t.is(late.told.at(-1), 'commit')
  const again = recording((statement) => (/returning/.test(statement) ? [] : answers(statement)))
  await t.throwsAsync(publish(jobOf(again.connection, {}, 'append', true), ['s1']), {
    message: /CONCURRENT_STREAM_LOG_UPDATE/,
  })
  t.is(again.told.at(-1), 'rollback', 'another start has written the batch')
})

test('what is told of a table that is made, replaced, emptied, or has rows by keys', async (t) => {
  const told = async (other: Partial<PostgresJob>, mode = 'append'): Promise<readonly string[]> => {
    const { told: all, connection } = recording(answers)
    await publish(jobOf(connection, other, mode), ['s1'])
    return all.slice(2, -1)
  }
  const keyed = (...upsertKeys: string[]) => ({ options: { upsertKeys } as unknown as PostgresJob['options'] })
  const [insert] = INSERTS
  const create = 'create table "p"."t" ("a" int, "b" text)'
  const isNew = { target: { ...TARGET, exists: false } }
  t.deepEqual(await told({}), [insert])
  t.deepEqual(await told({}, 'overwrite'), ['truncate table "p"."t"', insert])
  t.deepEqual(await told({ creates: true, ...isNew }), [create, insert])
  t.deepEqual(await told({ creates: true }, 'overwrite'), ['drop table "p"."t"', create, insert])
  t.deepEqual(await told(keyed('a')), [`${insert} on conflict ("a") do update set "b" = excluded."b"`])
  t.deepEqual(await told(keyed('a', 'b')), [`${insert} on conflict ("a", "b") do nothing`])
  const made = await told({ creates: true, ...isNew, ...keyed('a') })
  t.is(made[0], 'create table "p"."t" ("a" int, "b" text, primary key ("a"))')
})

test('a batch is in the target when one as late is noted there of the same query', async (t) => {
  const write = (batchId: number) => ({ ...STREAMING, batchId })
  const noted = (batch: string | undefined) =>
    recording((statement) => (/to_regclass/.test(statement) ? [['log']] : batch !== undefined ? [[batch]] : []))
      .connection
  t.deepEqual(await Promise.all([4, 5, 6].map((batchId) => isWritten(noted('5'), TARGET, write(batchId)))), [
    true,
    true,
    false,
  ])
  t.false(await isWritten(noted(undefined), TARGET, write(0)))
  const none = recording(() => [[null]])
  t.false(await isWritten(none.connection, TARGET, write(0)))
  t.regex(none.told[1]!, /^create table if not exists "p"."millrace_streams" /)
  const seen: Row[] = []
  const noting = recording((_, values) => {
    seen.push(values)
    return [[1]]
  })
  await noteBatch(noting.connection, TARGET, write(7))
  t.deepEqual(seen, [['q', 't', 7]])
})

test('a job drops its own tables, and those of jobs whose lock nobody holds, each under that lock', async (t) => {
  const [own, held, left] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string]
  const tables = [own, held, left].flatMap((job) => [[`millrace_staging_${job}`], [`millrace_staging_${job}_0_1`]])
  const lock = (job: string): string => String(BigInt(`0x${job.slice(0, 15)}`))
  const holds: string[] = []
  const server = () =>
    recording((statement, values) => {
      if (/from pg_tables/.test(statement)) return tables
      if (/try_advisory_lock/.test(statement)) return [[values[0] === lock(left)]]
      if (/unlock/.test(statement)) holds.push(String(values[0]))
      return []
    })
  const jobId = `${own.slice(0, 8)}-${own.slice(8)}`
  t.is(taskTableName({ jobId }, 4, 2), `millrace_staging_${own}_4_2`)
  const mine = server()
  await dropJob(mine.connection, { jobId } as WriteDescription, 'p')
  const dropped = (told: readonly string[]): readonly string[] => told.filter((one) => one.startsWith('drop'))
  const drops = (job: string) => ['', '_0_1'].map((end) => `drop table if exists "p"."millrace_staging_${job}${end}"`)
  t.deepEqual(dropped(mine.told), drops(own))
  t.deepEqual(mine.told.slice(1), ["set lock_timeout to '5s'", ...drops(own), 'reset lock_timeout'])
  const leftovers = server()
  await dropLeftovers(leftovers.connection, 'p')
  t.deepEqual(dropped(leftovers.told), drops(left))
  t.deepEqual(holds, [lock(left)])
  t.regex(leftovers.told.at(-1)!, /unlock/)
  const stuck = recording((statement) =>
    /^drop/.test(statement) ? new Error('busy') : /pg_tables/.test(statement) ? tables : [],
  )
  await dropJob(stuck.connection, { jobId } as WriteDescription, 'p')
  t.is(stuck.told.at(-1), 'reset lock_timeout', 'what cannot be had is left over')
})

test('a target is where the server finds it, or the schema that was named, and its columns whatever their letters', async (t) => {
  const there = recording(() => [['own', ['A', 'b', 'B']]]).connection
  const found = await lookedUp(there, { schema: undefined, name: 't' })
  t.deepEqual(found, { table: { schema: 'own', name: 't' }, exists: true, columns: ['A', 'b', 'B'] })
  t.deepEqual(columnsFor(found, ['a', 'B', 'b', 'c']), ['A', 'B', 'b', 'c'])
  const missing = () => recording((statement) => (/current_schema/.test(statement) ? [['public']] : [])).connection
  t.like(await lookedUp(missing(), { schema: undefined, name: 't' }), { table: { schema: 'public' }, exists: false })
  t.like(await lookedUp(missing(), { schema: 'x', name: 't' }), { table: { schema: 'x' }, exists: false })
})

test('the server is asked for what it compares as we do, and for nothing else', (t) => {
  const sql = (filter: ScanFilter, column: { comparedAs?: string }, isUtf8 = true): string | undefined => {
    const condition = pushed(filter, { type: filter.op === 'isNotNull' ? INT : filter.type, ...column }, isUtf8)
    return condition && shown(condition)
  }
  const shown = ({ parts, values }: Condition): string => parts.map((part, i) => part + (values[i] ?? '')).join('')
  const int4 = { comparedAs: 'int4' }
  const of = (op: 'eq' | 'lt' | 'le' | 'gt' | 'ge', type: DataType, value: number | bigint | string) =>
    ({ op, column: 'c', type, value }) as ScanFilter
  for (const [op, sign] of [
    ['eq', '='],
    ['lt', '<'],
    ['le', '<='],
    ['gt', '>'],
    ['ge', '>='],
  ] as const)
    t.is(sql(of(op, INT, 5), int4), `"c" ${sign} 5::int4`)
  t.is(sql({ op: 'isNotNull', column: 'a"c' }, {}), '"a""c" is not null')
  t.is(sql({ op: 'in', column: 'c', type: INT, values: [1, 2] }, int4), '"c" in (1::int4, 2::int4)')
  const many = (count: number) => ({ op: 'in', column: 'c', type: INT, values: Array(count).fill(1) }) as ScanFilter
  t.not(sql(many(100), int4), undefined)
  t.deepEqual([sql(many(101), int4), sql(many(0), int4), sql(of('eq', INT, 5), {})], [undefined, undefined, undefined])
  const text = { comparedAs: 'text' }
  t.is(sql(of('lt', STRING, 'x'), text), '"c" collate "C" < x::text')
  t.is(sql(of('lt', STRING, 'x'), text, false), undefined, 'in another encoding texts have another order')
  t.is(sql(of('eq', STRING, 'x'), text, false), '"c" = x::text')
  for (const odd of ['a\0b', '\ud800']) t.is(sql(of('eq', STRING, odd), text), undefined)
  t.is(sql(of('eq', collatedString('UTF8_LCASE'), 'x'), text), undefined, 'the server tells letters apart')
  const dates = { comparedAs: 'date' }
  t.deepEqual(
    [-719_163, -719_162, 2_932_896, 2_932_897].map((day) => sql(of('eq', DATE, day), dates)),
    [undefined, '"c" = 0001-01-01::date', '"c" = 9999-12-31::date', undefined],
  )
  const micros = (day: number) => BigInt(day) * 86_400_000_000n
  const at = (value: bigint) => sql(of('ge', TIMESTAMP, value), { comparedAs: 'timestamptz' }) !== undefined
  t.deepEqual([micros(-719_162) - 1n, micros(-719_162), micros(2_932_896), micros(2_932_896) + 1n].map(at), [
    ...[false, true, true, false],
  ])
})

test('each value is in one share of a table alone, whatever the bounds, and NULL in the first', (t) => {
  const known = new Map([['N', { type: BIGINT, comparedAs: 'int8' }]])
  const shares = (lower: string, upper: string, count: number) =>
    sharesOf('postgresql', { column: 'n', lower, upper, count }, known)
  const holds = ({ parts, values }: Condition, value: number | null): boolean => {
    if (parts.join().includes('is null') && value === null) return true
    if (value === null) return false
    return parts[0]!.includes('>=') ? value >= Number(values[0]) : value < Number(values[0])
  }
  for (const [lower, upper, count, expected] of [
    ['0', '10', 4, 4],
    ['-7', '7', 3, 3],
    ['0', '3', 10, 3],
    ['5', '5', 4, 1],
    ['5', '6', 4, 1],
    ['5', '7', 4, 2],
    [' +1 ', '100', 1, 1],
  ] as const) {
    const all = shares(lower, upper, count)
    t.is(all.length, expected, `${lower} to ${upper}`)
    for (const value of [null, -100, -8, -7, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 100, 101])
      t.is(all.filter((share) => share.every((one) => holds(one, value))).length, 1, `${value}`)
  }
  const numeric = (type: DataType): string =>
    sharesOf(
      'jdbc',
      { column: 'n', lower: '1', upper: '9', count: 2 },
      new Map([['n', { type, comparedAs: 'x' }]]),
    )[0]![0]!.parts[1]!
  for (const type of [INT, DOUBLE, decimal(5, 2)]) t.regex(numeric(type), /^::numeric or "n" is null\)$/)
  const days = sharesOf(
    'jdbc',
    { column: 'd', lower: '2024-01-01', upper: '2024-01-31', count: 3 },
    new Map([['d', { type: DATE, comparedAs: 'date' }]]),
  )
  t.deepEqual(
    days[1]!.map(({ values }) => values[0]),
    ['2024-01-11', '2024-01-21'],
  )
  for (const share of days) for (const { parts } of share) t.regex(parts[1]!, /^::date/)
  for (const [lower, upper, message] of [
    ['2', '1', /lowerBound.*above upperBound/],
    ['x', '1', /lowerBound.*no value/],
    ['1', '1.5', /upperBound.*no value/],
  ] as const)
    t.throws(() => shares(lower, upper, 2), { message })
  t.throws(() => sharesOf('jdbc', { column: 'x', lower: '1', upper: '2', count: 2 }, known), {
    message: /no such column/,
  })
  const texts = new Map([['n', { type: STRING, comparedAs: 'text' }]])
  t.throws(() => sharesOf('jdbc', { column: 'n', lower: '1', upper: '2', count: 2 }, texts), { message: /by numbers/ })
})

test('names of tables are read as the server reads them', (t) => {
  const read = (text: string): unknown => {
    const name = parsedName(text)
    return name && (name.schema === undefined ? name.name : `${name.schema} ${name.name}`)
  }
  const cases: Readonly<Record<string, string | undefined>> = {
    ...{ T: 't', 'S.T': 's t', '"S"."T"': 'S T', '"a.b"': 'a.b', '"a""b"': 'a"b', ä_1$: 'ä_1$' },
    ...{
      '': undefined,
      'a.b.c': undefined,
      '1a': undefined,
      'a b': undefined,
      'a.': undefined,
      '""': undefined,
      '"a': undefined,
    },
  }
  for (const [text, expected] of Object.entries(cases)) t.is(read(text), expected, text)
})

test('values are written as the server reads them, in rows to be copied, in arrays, and by types of columns', (t) => {
  const text = (type: DataType, value: boolean | number | bigint | string | Uint8Array): string =>
    valueText(type as Parameters<typeof valueText>[0])!(value)
  t.deepEqual([text(BOOLEAN, true), text(BOOLEAN, false), text(decimal(5, 2), -5n)], ['t', 'f', '-0.05'])
  t.deepEqual([text(BINARY, Buffer.from([1, 255])), text(DOUBLE, Number.NaN)], ['\\x01ff', 'NaN'])
  t.deepEqual(
    [-719_162, -719_163, -719_529].map((day) => text(DATE, day)),
    [...['0001-01-01', '0001-12-31 BC', '0002-12-31 BC']],
  )
  t.is(text(DATE, 2_932_897), '10000-01-01')
  t.regex(text(TIMESTAMP, 0n), /^1970-01-01 00:00:00\+00$/)
  t.is(valueText(struct([]) as unknown as Parameters<typeof valueText>[0]), undefined)
  const schema = { fields: [field('s', STRING), field('n', INT), field('l', array(STRING))] }
  const line = rowText(schema)(
    [
      [Buffer.from('a\t\\\n\r'), null],
      [1, null],
      [[Buffer.from('x"\\'), null, Buffer.from('')], null],
    ],
    0,
  )
  t.is(line, 'a\\t\\\\\\n\\r\t1\t{"x\\\\"\\\\\\\\",NULL,""}\n')
  t.is(rowText(schema)([[null], [null], [null]], 0), '\\N\t\\N\t\\N\n')
  const columns = [field('a"b', INT, false), field('l', array(decimal(5, 2))), field('s', STRING)]
  t.deepEqual(columnsText('jdbc', { fields: columns }), ['"a""b" integer not null', '"l" numeric(5,2)[]', '"s" text'])
  for (const type of [array(array(INT)), struct([field('a', INT)])])
    t.throws(() => columnsText('jdbc', { fields: [field('c', type)] }), { message: /UNSUPPORTED_DATA_TYPE/ })
})

test('numbers of the server have the precision and scale that a column can have', (t) => {
  const modifier = (precision: number, scale: number): number => ((precision << 16) | (scale & 2047)) + 4
  const read = (of: number) => {
    const { type, sentAs, comparedAs } = columnType(1700, of)
    return [type.kind === 'decimal' && `${type.precision},${type.scale}`, sentAs, comparedAs]
  }
  t.deepEqual(read(-1), ['38,18', 'numeric(38,18)', undefined])
  t.deepEqual(read(modifier(5, 2)), ['5,2', undefined, 'numeric'])
  t.deepEqual(read(modifier(38, 38)), ['38,38', undefined, 'numeric'])
  t.deepEqual(read(modifier(39, 2)), ['38,2', 'numeric(38,2)', undefined])
  t.deepEqual(read(modifier(5, -2)), ['7,0', 'numeric(7,0)', undefined])
  t.deepEqual(read(modifier(2, 5)), ['5,5', 'numeric(5,5)', undefined])
  t.deepEqual(columnType(1007, -1), { type: array(INT) })
  t.deepEqual(columnType(2951, -1), { type: array(STRING), sentAs: 'text[]' })
  t.deepEqual(columnType(99_999, -1), { type: STRING, sentAs: 'text' })
})

test('a server is named by a URL, whose parameters and options say the rest', (t) => {
  const server = (url: string, more: Record<string, string> = {}) =>
    readOptions('postgresql', { connectionString: url, dbtable: 't', ...more }).server
  t.like(server('postgresql://u%40x:p%3A@h:5433/d%20b?application_name=me&currentSchema=s'), {
    ...{
      host: 'h',
      port: 5433,
      database: 'd b',
      user: 'u@x',
      password: 'p:',
      applicationName: 'me',
      currentSchema: 's',
    },
  })
  t.like(server('postgres://[::1]/db'), { host: '::1', port: 5432, user: undefined, sslMode: 'prefer' })
  t.like(server('postgresql:///db?user=a', { user: 'b', queryTimeout: '3' }), { user: 'b', statementTimeoutMs: 3_000 })
  const tls: Readonly<Record<string, readonly [mode: string, verifies: boolean]>> = {
    ...{ 'ssl=true': ['verify-full', true], 'ssl=false': ['prefer', false], 'sslmode=require': ['require', false] },
    ...{ 'sslmode=verify-ca': ['verify-ca', true], 'sslmode=disable': ['disable', false] },
  }
  for (const [parameters, [sslMode, rejectUnauthorized]] of Object.entries(tls)) {
    const { sslMode: mode, tls: options } = server(`postgresql://h/db?${parameters}`)
    t.deepEqual([mode, options.rejectUnauthorized], [sslMode, rejectUnauthorized], parameters)
    t.is('checkServerIdentity' in options, mode === 'verify-ca')
  }
  for (const seconds of ['0', '-1', 'x', String(2 ** 20)])
    t.throws(() => server(`postgresql://h/db?connectTimeout=${seconds}`), { message: /number of seconds/ })
  t.is(server('postgresql://h/db?connectTimeout=0.5').connectTimeoutMs, 500)
})

test('options of reading and writing are what they say, within their bounds', (t) => {
  const base = { connectionString: 'postgresql://h/db', dbtable: 'S."T"' }
  const read = (more: Record<string, string>) => readOptions('postgresql', { ...base, ...more })
  const write = (more: Record<string, string>) => writeOptions('postgresql', { ...base, ...more })
  t.like(read({}), { relation: 'S."T"', partitioning: undefined, fetchSize: undefined, pushesFilters: true })
  t.like(read({ FETCHSIZE: '7', pushdownpredicate: 'False' }), { fetchSize: 7, pushesFilters: false })
  t.is(read({ fetchsize: '0' }).fetchSize, undefined)
  t.is(readOptions('postgresql', { ...base, dbtable: undefined as never, query: 'q' }).relation, '(q) as "query"')
  const divided = { partitionColumn: 'n', lowerBound: '1', upperBound: '2', numPartitions: '3' }
  t.deepEqual(read(divided).partitioning, { column: 'n', lower: '1', upper: '2', count: 3 })
  t.throws(() => read({ ...divided, numPartitions: '0' }), { message: /at least 1/ })
  for (const wrong of ['-1', '1.5', 'x', '', String(2 ** 31)])
    t.throws(() => read({ fetchsize: wrong }), { message: /whole number of at least 0/ }, wrong)
  t.is(read({ fetchsize: String(2 ** 31 - 1) }).fetchSize, 2 ** 31 - 1)
  t.like(write({}), {
    table: { schema: 's', name: 'T' },
    truncates: false,
    isolation: undefined,
    batchSize: 1000,
    upsertKeys: [],
  })
  t.like(write({ isolationLevel: 'repeatable_read', truncate: 'true', batchsize: '1', upsertKeys: ' a, b ' }), {
    ...{ isolation: 'repeatable read', truncates: true, batchSize: 1, upsertKeys: ['a', 'b'] },
  })
  t.throws(() => write({ isolationLevel: 'NONE' }), { message: /it is one of READ_UNCOMMITTED/ })
  t.throws(() => write({ batchsize: '0' }), { message: /at least 1/ })
  t.throws(() => write({ upsertKeys: 'a,,b' }), { message: /list of columns/ })
  t.throws(() => write({ dbtable: '(select 1) x' }), { message: /name of a table/ })
})
