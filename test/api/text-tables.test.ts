import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { typeName } from '../../columnar/types.js'

const directory = mkdtempSync(join(tmpdir(), 'millrace-text-tables-'))
let session: Session
test.before(async () => {
  const builder = Session.builder().master('local[2]').config('log.level', 'silent')
  session = await builder.config('warehouse.dir', join(directory, 'warehouse')).getOrCreate()
})
test.after.always(async () => {
  await session?.stop()
  rmSync(directory, { recursive: true })
})

const at = (name: string): string => join(directory, name)
const sql = async (text: string): Promise<readonly unknown[]> =>
  (await session.sql(text).collect()).map((row) => Object.values(row))
const contents = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)part-[^/]*$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))

test('a table of CSV has options of files that are read and of files that are written', async (t) => {
  const options = "header 'true', quoteAll 'true', inferSchema 'true', nullValue 'NA'"
  await sql(`CREATE TABLE c (a INT, b STRING) USING csv OPTIONS (${options}) LOCATION '${at('c')}'`)
  t.deepEqual(await sql('SELECT * FROM c'), [])
  await sql("INSERT INTO c SELECT 1, 'x'")
  t.deepEqual(contents(at('c')), ['"a","b"\n"1","x"\n'])
  await sql('INSERT INTO c SELECT 2, NULL')
  t.deepEqual(await sql('SELECT * FROM c ORDER BY a'), [
    [1, 'x'],
    [2, null],
  ])
  await sql("INSERT OVERWRITE c SELECT 3, 'y'")
  t.deepEqual(await sql('SELECT b FROM c'), [['y']])
  const [[text]] = (await sql('SHOW CREATE TABLE c')) as [[string]]
  t.regex(text, /USING csv\nOPTIONS \(\n {2}'header' = 'true',\n/)
  await sql('TRUNCATE TABLE c')
  t.is(await session.table('c').count(), 0)
})

test('a table tells its format in the letters of its statement', async (t) => {
  await sql('CREATE TABLE letters USING CSV AS SELECT 1 AS a')
  await sql('INSERT INTO letters VALUES (2)')
  t.deepEqual(await sql('SELECT * FROM letters ORDER BY a'), [[1], [2]])
  t.regex(String((await sql('SHOW CREATE TABLE letters'))[0]), /\nUSING CSV\n/)
  const described = (await sql('DESCRIBE EXTENDED letters')) as readonly (readonly string[])[]
  t.is(described.find(([name]) => name === 'Provider')?.[1], 'CSV')
  await t.throwsAsync(sql('CREATE TABLE odd (a INT) USING Nix'), { message: /Nix/ })
})

test('a table of JSON in partitions, of which some are replaced and renamed', async (t) => {
  await sql(`CREATE TABLE j (a INT, k STRING) USING json PARTITIONED BY (k) LOCATION '${at('j')}'`)
  await sql("INSERT INTO j VALUES (1, 'x'), (2, 'y'), (3, NULL)")
  t.deepEqual(contents(at('j')).toSorted(), ['{"a":1}\n', '{"a":2}\n', '{"a":3}\n'])
  await sql("INSERT OVERWRITE j PARTITION (k = 'x') SELECT 9")
  await sql("ALTER TABLE j PARTITION (k = 'y') RENAME TO PARTITION (k = 'z')")
  t.deepEqual(await sql('SELECT * FROM j ORDER BY a'), [
    [2, 'z'],
    [3, null],
    [9, 'x'],
  ])
  await sql('ANALYZE TABLE j PARTITION (k) COMPUTE STATISTICS')
  t.deepEqual(await sql("SELECT a FROM j WHERE k = 'z'"), [[2]])
})

test('a table of text has one column of any name, beside those of partitions', async (t) => {
  await sql(`CREATE TABLE l (line STRING, k INT) USING text PARTITIONED BY (k) LOCATION '${at('l')}'`)
  await sql("INSERT INTO l VALUES ('b', 1), ('a', 2)")
  t.deepEqual(await sql('SELECT line, k FROM l ORDER BY line'), [
    ['a', 2],
    ['b', 1],
  ])
  t.deepEqual(contents(at('l')).toSorted(), ['a\n', 'b\n'])
  await t.throwsAsync(session.read.schema('a string, b string').text(at('l')).collect(), {
    message: /_LEGACY_ERROR_TEMP_1290/,
  })
})

test('columns of times and intervals are read from files of CSV, as the option says, and written so', async (t) => {
  const folder = at('clocks')
  await sql(`CREATE TABLE clocks (t TIME, i INTERVAL DAY, n INT) USING csv LOCATION '${folder}'`)
  writeFileSync(join(folder, 'part-0.csv'), "12:30,INTERVAL '2' DAY,1\nxx,yy,2\n01:02:03.5,,3\n")
  t.deepEqual(await sql('SELECT cast(t AS string), cast(i AS string), n FROM clocks ORDER BY n'), [
    ['12:30:00', "INTERVAL '2' DAY", 1],
    [null, null, 2],
    ['01:02:03.5', null, 3],
  ])
  const written = session.sql("SELECT time'12:30:15' AS t, array(time'01:02:00') AS l, map(time'03:04:00', 1) AS m")
  const out = join(directory, 'clocks.json')
  await written.write.option('timeFormat', 'HH|mm').json(out)
  t.deepEqual(contents(out), ['{"t":"12|30","l":["01|02"],"m":{"11040000000000":1}}\n'])
  const csv = join(directory, 'clocks.csv')
  await written.select('t').write.option('timeFormat', 'hh.mm a').option('header', true).csv(csv)
  t.deepEqual(contents(csv), ['t\n12.30 PM\n'])
  const read = await session.read
    .schema('t TIME')
    .option('header', true)
    .option('timeFormat', 'hh.mm a')
    .csv(csv)
    .collect()
  t.deepEqual(
    read.map(({ t: time }) => String(time)),
    ['12:30:00'],
  )
})

test('rows with a text that is no time or interval are dropped, kept or fail as other malformed rows', async (t) => {
  const folder = mkdtempSync(join(directory, 'malformed-'))
  writeFileSync(join(folder, 'part-0.csv'), "12:30,INTERVAL '2' DAY,1\nxx,INTERVAL '2' DAY,2\n01:02,yy,3\n,,4\n")
  const schema = 't TIME, i INTERVAL DAY, n INT'
  const dropped = session.read.schema(schema).option('mode', 'DROPMALFORMED').csv(folder)
  t.deepEqual(
    (await dropped.select('n').orderBy('n').collect()).map(({ n }) => n),
    [1, 4],
  )
  const kept = session.read.schema(`${schema}, c STRING`).option('columnNameOfCorruptRecord', 'c').csv(folder)
  t.deepEqual(
    (await kept.select('c', 'n').orderBy('n').collect()).map(({ c }) => c),
    [null, "xx,INTERVAL '2' DAY,2", '01:02,yy,3', null],
  )
  const strict = session.read.schema(schema).option('mode', 'FAILFAST').csv(folder)
  const error = await t.throwsAsync(strict.collect())
  t.like(error, { condition: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION' })
})

test('a pattern of times of day with what none has is refused by name, and so are digits that are not kept', async (t) => {
  for (const [query, feature] of [
    [
      "to_csv(named_struct('t', time'12:30:15'), map('timeFormat', 'HH EEE'))",
      "timeFormat => 'HH EEE' with E, which no time of day has",
    ],
    [
      "to_json(named_struct('t', time'12:30:15'), map('timeFormat', 'HH[ XX]'))",
      "timeFormat => 'HH[ XX]' with X, which no time of day has",
    ],
    [
      "from_csv('1.1234567', 't time', map('timeFormat', 's.SSSSSSS'))",
      "timeFormat => 's.SSSSSSS' with more than 6 digits of a second",
    ],
  ]) {
    const error = await t.throwsAsync(sql(`SELECT ${query}`))
    t.like(error, { condition: 'UNSUPPORTED_FEATURE', parameters: { feature } }, query)
  }
})

test('a table that is filled as it is made, and one of files that are there, whose columns they tell', async (t) => {
  await sql(`CREATE TABLE f USING csv OPTIONS (header 'true') LOCATION '${at('f')}' AS SELECT id, 'x' s FROM range(2)`)
  await sql(`CREATE TABLE g USING csv OPTIONS (header 'true', inferSchema 'true', path '${at('f')}')`)
  t.deepEqual(await sql('DESCRIBE g'), [
    ['id', 'int', null],
    ['s', 'string', null],
  ])
  t.deepEqual(await sql('SELECT sum(id) FROM g'), [[1n]])
})

test('a temporary view of files, with columns of its own or with theirs', async (t) => {
  await session.sql("SELECT 1 a, 'x' b").write.json(at('v'))
  await session.range(2).write.parquet(at('w'))
  await sql(`CREATE TEMPORARY VIEW v (b STRING COMMENT 'c', z INT) USING json OPTIONS (path '${at('v')}')`)
  t.deepEqual(await sql('SELECT * FROM v'), [['x', null]])
  await sql(`CREATE OR REPLACE TEMPORARY VIEW v USING json OPTIONS (path '${at('v')}')`)
  t.deepEqual(await sql('SELECT * FROM v'), [[1n, 'x']])
  await sql(`CREATE TEMPORARY VIEW w USING parquet OPTIONS (path '${at('w')}')`)
  t.is(await session.table('w').count(), 2)
  await sql('CREATE TEMPORARY VIEW n (a INT) USING parquet')
  t.deepEqual(await sql('SELECT * FROM n'), [])
})

test('columns that a format has not are refused when a table is made, options when it is used', async (t) => {
  const refused: readonly [string, RegExp][] = [
    ['CREATE TABLE r (a ARRAY<INT>) USING csv', /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*CSV/],
    ['CREATE TABLE r (a INT) USING text', /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*Text/],
    ['CREATE TABLE r (a INT) USING avro', /UNSUPPORTED_FEATURE.*avro/],
    ['CREATE TABLE r (a INT) USING cvs', /DATA_SOURCE_NOT_FOUND.*parquet, csv, json, text/],
  ]
  for (const [text, message] of refused) await t.throwsAsync(sql(text), { message })
  await sql(`CREATE TABLE o (a INT) USING csv OPTIONS (haeder 'true') LOCATION '${at('o')}'`)
  const message = /UNSUPPORTED_FEATURE.*haeder of the data source csv/
  await t.throwsAsync(sql('SELECT * FROM o'), { message })
  await t.throwsAsync(sql('INSERT INTO o VALUES (1)'), { message })
})

test('texts of char(n) are filled up, and folders may be called as the column of lines', async (t) => {
  await sql(`CREATE TABLE padded (a CHAR(3), value INT) USING csv PARTITIONED BY (value) LOCATION '${at('padded')}'`)
  await sql("INSERT INTO padded VALUES ('x', 1), ('yz', 2)")
  // Blanks at the ends of values are not written, as in Spark.
  t.deepEqual(contents(at('padded')).toSorted(), ['x\n', 'yz\n'])
  t.deepEqual(await sql("SELECT a || '|', value FROM padded ORDER BY value"), [
    ['x  |', 1],
    ['yz |', 2],
  ])
  const read = session.read.csv(at('padded'))
  t.deepEqual(
    (await read.schema()).fields.map(({ name }) => name),
    ['_c0', 'value'],
  )
  t.deepEqual(await read.orderBy('value').collect(), [
    { _c0: 'x', value: 1 },
    { _c0: 'yz', value: 2 },
  ])
})

test('a column of JSON with objects, lists and other values is of texts: as they stand in the file, unless that is decoded first', async (t) => {
  const lines = [
    '{"a":{"x":1,"y":[1, 2e3]},"b":1}',
    '{"a":[1,{"z":"q"}],"b":2}',
    '{"a":"t\\n","b":3}',
    '{"a":5.50}',
    '{"c":[{"d":{"e":1}},{"d":[ 2 ]}]}',
  ]
  writeFileSync(at('mixed.json'), lines.map((line) => `${line}\n`).join(''))
  const frame = session.read.json(at('mixed.json'))
  const { fields } = await frame.schema()
  t.deepEqual(
    fields.map(({ name, type }) => [name, typeName(type)]),
    [
      ['a', 'string'],
      ['b', 'bigint'],
      ['c', 'array<struct<d:string>>'],
    ],
  )
  // What Spark 4.2 gives.
  const texts = async (read: typeof frame): Promise<unknown> =>
    (await read.selectExpr('a', 'c.d d').collect()).map(({ a, d }) => a ?? d)
  t.deepEqual(await texts(frame), ['{"x":1,"y":[1, 2e3]}', '[1,{"z":"q"}]', 't\n', '5.50', ['{"e":1}', '[ 2 ]']])
  t.deepEqual(await texts(session.read.option('encoding', 'UTF-8').json(at('mixed.json'))), [
    '{"x":1,"y":[1,2000.0]}',
    '[1,{"z":"q"}]',
    't\n',
    '5.5',
    ['{"e":1}', '[2]'],
  ])
  t.deepEqual(await sql(`SELECT from_json('{"a":[ 1.0 ]}', 'a string').a, get_json_object('{"a":[ 1.0 ]}', '$.a')`), [
    ['[1.0]', '[1.0]'],
  ])
})

test('INSERT OVERWRITE DIRECTORY puts files in the place of those of a folder', async (t) => {
  const folder = at('exported')
  await sql(`INSERT OVERWRITE DIRECTORY '${folder}' USING csv OPTIONS (header 'true') SELECT 1 AS a, 'x' AS b`)
  t.deepEqual(await sql(`SELECT * FROM '${folder}/*.csv'`), [[1, 'x']])
  await sql(
    `INSERT OVERWRITE LOCAL DIRECTORY USING json OPTIONS (path '${folder}') WITH c AS (SELECT 5 AS k) FROM c SELECT *`,
  )
  t.deepEqual(await sql(`SELECT * FROM json.\`${folder}\``), [[5n]])
  await sql(`INSERT OVERWRITE DIRECTORY '' USING json OPTIONS (PATH '${folder}') SELECT 6 AS k`)
  t.deepEqual(await sql(`SELECT * FROM json.\`${folder}\``), [[6n]])
  for (const [text, message] of [
    [`INSERT OVERWRITE DIRECTORY '${folder}' USING csv OPTIONS (path '/') SELECT 1`, /_LEGACY_ERROR_TEMP_0049/],
    [`INSERT OVERWRITE DIRECTORY '${folder}' USING csv OPTIONS (Path '/') SELECT 1`, /_LEGACY_ERROR_TEMP_0049/],
    ['INSERT OVERWRITE DIRECTORY USING csv SELECT 1', /_LEGACY_ERROR_TEMP_0049/],
    [`INSERT OVERWRITE DIRECTORY '${folder}' STORED AS orc SELECT 1`, /UNSUPPORTED_FEATURE.*without USING/],
    [`INSERT OVERWRITE DIRECTORY '${folder}' USING cvs SELECT 1`, /DATA_SOURCE_NOT_FOUND.*, json, .*did you mean csv/],
    [
      `INSERT OVERWRITE DIRECTORY '${folder}' USING json OPTIONS (compression 'xz') SELECT 1`,
      /codec xz is not available\. Available codecs are none, uncompressed, gzip, deflate, lz4/,
    ],
    [`INSERT OVERWRITE DIRECTORY '${folder}' USING json SELECT raise_error('no')`, /USER_RAISED_EXCEPTION/],
  ] as const)
    await t.throwsAsync(sql(text), { message })
  t.deepEqual(await sql(`SELECT * FROM json.\`${folder}\``), [[6n]], 'what was there is as it was')
})
