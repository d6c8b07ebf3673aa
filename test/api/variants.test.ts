import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { functions as F, jsonReplacer, lit, type Session, Variant } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { conditionOf, errorOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

const NULL_METADATA = Uint8Array.of(1, 0, 0)
const DOCUMENTS = `select id, parse_json('{"a":' || id || ',"b":["x",null]}') v, named_struct('w', if(id % 2 = 0, cast(id as variant), null)) s
  from range(5) union all select 9, null, null`

async function shown(session: Session, query: string): Promise<string> {
  const table = await session.sql(query).showString(20, false)
  return table.replaceAll(/ *\| */g, '|')
}

test('rows hold variants, and are a DataFrame of the same types again', (t) =>
  withSession('local[2]', async (session) => {
    const query = `select parse_json('{"b":[1,2.50],"a":"x"}') a, cast(null as variant) b, array(parse_json('null'), null) c, map('k', cast(1 as variant)) d`
    const rows = await session.sql(query).collect()
    const { a, b, c } = rows[0] as unknown as { a: Variant; b: null; c: readonly (Variant | null)[] }
    t.true(a instanceof Variant)
    t.is(String(a), '{"a":"x","b":[1,2.5]}')
    t.deepEqual(a.toJSON(), { a: 'x', b: [1, 2.5] })
    t.is(b, null)
    t.deepEqual(c.map(String), ['null', 'null'])
    t.true(c[0] instanceof Variant)
    t.is(JSON.stringify(rows, jsonReplacer), '[{"a":{"a":"x","b":[1,2.5]},"b":null,"c":[null,null],"d":{"k":1}}]')
    const again = session.createDataFrame(rows, 'a variant, b variant, c array<variant>, d map<string, variant>')
    t.deepEqual(await again.collect(), rows)
    const inferred = session.createDataFrame([{ v: a }, { v: null }])
    t.deepEqual(await inferred.dtypes(), [['v', 'variant']])
    t.deepEqual(await inferred.select(F.variantGet('v', '$.a', 'string').as('x')).collect(), [{ x: 'x' }, { x: null }])
    t.is(String((await inferred.select(lit(a).as('l')).collect())[0]!.l), String(a))
    t.throws(() => session.createDataFrame([{ v: '{}' }], 'v variant'), { message: /INVALID_ROW_VALUE/ })
    const lines = await session.sql(`select parse_json('[1]') v, 2 k`).toJSON().collect()
    t.is(lines[0]!.value, '{"v":[1],"k":2}')
  }))

test('show prints variants as JSON in UTC, whatever the zone of the session is; casts and to_json are in that zone', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      const instant = "cast(timestamp'2020-07-01 12:00:00' as variant)"
      t.regex(await shown(session, `select parse_json('"x"') v, ${instant} t`), /\|"x"\|"2020-07-01 10:00:00\+00:00"\|/)
      const values = `cast(${instant} as string), to_json(${instant}), cast(${instant} as date), to_json(named_struct('v', ${instant})),
        to_json(array(${instant})), cast(array(${instant}) as string), to_json(${instant}, map('timeZone', 'UTC'))`
      t.deepEqual(
        await rowsOf(
          session,
          `select ${values.replace(/cast\((cast\(timestamp[^)]*\)) as date\)/, 'string(cast($1 as date))')}`,
        ),
        [
          [
            '2020-07-01 12:00:00',
            '"2020-07-01 12:00:00+02:00"',
            '2020-07-01',
            '{"v":"2020-07-01 12:00:00+02:00"}',
            '["2020-07-01 12:00:00+02:00"]',
            '["2020-07-01 10:00:00+00:00"]',
            '"2020-07-01 10:00:00+00:00"',
          ],
        ],
      )
      const local = [
        `cast(parse_json('"2020-07-01 12:00:00"') as timestamp)`,
        `cast(cast(date'2020-07-01' as variant) as timestamp)`,
        `cast(cast(timestamp_ntz'2020-07-01 12:00:00' as variant) as timestamp)`,
        `cast(${instant} as timestamp_ntz)`,
      ]
      t.deepEqual(await rowsOf(session, `select ${local.map((e) => `string(${e})`).join()}`), [
        ['2020-07-01 12:00:00', '2020-07-01 00:00:00', '2020-07-01 12:00:00', '2020-07-01 12:00:00'],
      ])
    },
    { 'session.timeZone': 'Europe/Paris' },
  ))

test('variants go through exchanges, caches, sorts by other columns and broadcasts', (t) =>
  withSession(
    'local[2]',
    async (session) => {
      const numbered = session.sql(
        `select id, to_variant_object(named_struct('n', id, 't', repeat('x', id % 100))) v from range(20000)`,
      )
      numbered.createOrReplaceTempView('numbered')
      await runAll(session, 'cache table kept as select * from numbered')
      const queries = [
        'select /*+ repartition(5, id) */ id, v from numbered',
        'select a.id, b.v from kept a join numbered b on a.id = b.id',
        'select /*+ broadcast(b) */ a.id, b.v from numbered a join kept b on a.id = b.id',
        'select id, v from numbered order by id desc',
        'select id, any_value(v) v from numbered group by id',
        'select id, first_value(v) over (partition by id % 7 order by id rows between current row and current row) v from numbered',
        'select id, e.v from (select id, collect_list(struct(v)) l from numbered group by id) lateral view explode(l) x as e',
      ]
      for (const query of queries) {
        const checks =
          'count(*), sum(v:n::bigint), sum(length(v:t::string)), count_if(v:n::bigint <> id), schema_of_variant_agg(v)'
        const [row] = await rowsOf(session, `select ${checks} from (${query})`)
        t.deepEqual(row, [20000n, 199990000n, 990000n, 0n, 'OBJECT<n: BIGINT, t: STRING>'], query)
      }
    },
    { 'shuffle.partitions': 3 },
  ))

test('Parquet has variants as Spark writes them: groups of two binaries, which are read with and without its schema', (t) =>
  withTables(async (session, folder) => {
    const path = join(folder, 'documents')
    await session.sql(DOCUMENTS).coalesce(1).write.parquet(path)
    const back = session.read.parquet(path)
    t.deepEqual(await back.dtypes(), [
      ['id', 'bigint'],
      ['v', 'variant'],
      ['s', 'struct<w:variant>'],
    ])
    const rows = await back.orderBy('id').collect()
    t.deepEqual(rows, await session.sql(`select * from (${DOCUMENTS}) order by id`).collect())
    t.deepEqual(await back.selectExpr('v:a::int as a', 's.w::string as w').where('a > 1').orderBy('a').collect(), [
      { a: 2, w: '2' },
      { a: 3, w: null },
      { a: 4, w: '4' },
    ] as never)
    const file = readFileSync(join(path, readdirSync(path).find((name) => name.endsWith('.parquet'))!))
    t.true(file.includes('{"name":"v","type":"variant","nullable":true'))
    // Without Spark's schema it is a struct, which is a variant where that is wanted.
    const parts = join(folder, 'parts')
    await session
      .sql("select named_struct('value', X'0c05', 'metadata', X'010000') v union all select null")
      .write.parquet(parts)
    t.deepEqual(await session.read.parquet(parts).dtypes(), [['v', 'struct<value:binary,metadata:binary>']])
    const given = await session.read.schema('v variant').parquet(parts).selectExpr('v::int v').orderBy('v').collect()
    t.deepEqual(given, [{ v: null }, { v: 5 }] as never)
  }))

test('variants lie within arrays, maps and structs of these in Parquet', (t) =>
  withTables(async (session, folder) => {
    const path = join(folder, 'nested')
    const query = `select id, if(id % 3 = 0, null, array(parse_json('{"a":' || id || '}'), null, parse_json('[1]'))) a,
      map('k', parse_json('"x"'), 'n', null) m, struct(array(struct(cast(id as variant) as w, id as n)) as x) s, cast(id as variant) v from range(10)`
    await session.sql(query).coalesce(1).write.parquet(path)
    const back = session.read.parquet(path)
    t.deepEqual(await back.dtypes(), await session.sql(query).dtypes())
    t.deepEqual(await back.orderBy('id').collect(), await session.sql(`select * from (${query}) order by id`).collect())
    const parts = back
      .selectExpr('a[0]:a::int as a', "m['k']::string as m", 's.x[0].w::int + v::int as s')
      .where('a > 6')
    t.deepEqual(await parts.orderBy('a').collect(), [
      { a: 7, m: 'x', s: 14 },
      { a: 8, m: 'x', s: 16 },
    ] as never)
    t.deepEqual(await back.selectExpr('id', 's.x[0].n as n').where('id = 4').collect(), [{ id: 4n, n: 4n }] as never)
  }))

test('what no variant is in Parquet is refused', (t) =>
  withTables(async (session, folder) => {
    const written = async (name: string, fields: string): Promise<string> => {
      await session.sql(`select named_struct(${fields}) v`).write.parquet(join(folder, name))
      return join(folder, name)
    }
    const conditionOfRead = async (path: string): Promise<unknown> =>
      session.read
        .schema('v variant')
        .parquet(path)
        .selectExpr('to_json(v)')
        .collect()
        .then(
          () => undefined,
          (error: { condition?: string }) => error.condition,
        )
    const malformed = await written('malformed', "'value', X'0d05', 'metadata', X'010000'")
    t.is(await conditionOfRead(malformed), 'MALFORMED_VARIANT')
    t.is(await conditionOfRead(await written('unknown', "'value', X'50', 'metadata', X'010000'")), 'MALFORMED_VARIANT')
    t.is(
      await conditionOfRead(await written('unread', "'value', X'4405000000', 'metadata', X'010000'")),
      'UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT',
    )
    t.is(await conditionOfRead(await written('empty', "'value', X'', 'metadata', X''")), 'MALFORMED_VARIANT')
    t.is(
      await conditionOfRead(await written('three', "'value', X'00', 'metadata', X'010000', 'typed_value', 1")),
      'UNSUPPORTED_FEATURE',
    )
    t.is(await conditionOfRead(await written('text', "'value', 'x', 'metadata', X'010000'")), 'UNSUPPORTED_FEATURE')
    t.is(
      await conditionOf(session, 'create table t (v variant, i int) using parquet partitioned by (v)'),
      'INVALID_PARTITION_COLUMN_DATA_TYPE',
    )
  }))

test('tables keep variants, which nothing is stored as that is none', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table documents (id int, v variant) using parquet',
      'insert into documents select 1, parse_json(\'[1,{"a":2}]\')',
      'insert into documents values (2, null)',
    )
    t.deepEqual(await rowsOf(session, 'select id, v:[1].a::int from documents order by id'), [
      [1, 2],
      [2, null],
    ])
    t.is(
      await conditionOf(session, "insert into documents values (3, 'x')"),
      'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST',
    )
    await runAll(session, 'declare variable doc variant = parse_json(\'{"a":[7]}\')')
    t.deepEqual(await rowsOf(session, 'select doc:a[0]::int, to_json(doc)'), [[7, '{"a":[7]}']])
  }))

test('Arrow has variants as the struct of their buffers, marked as Spark does, and gives them back', (t) =>
  withSession('local[1]', async (session) => {
    const frame = session.sql(`${DOCUMENTS} order by id`)
    const table = await frame.toArrow()
    const [, column] = table.schema.fields
    t.is(String(column!.type), 'Struct<{value:Binary, metadata:Binary}>')
    t.is((column!.type.children as { metadata: Map<string, string> }[])[1]!.metadata.get('variant'), 'true')
    const again = session.createDataFrame(table)
    t.deepEqual(await again.dtypes(), await frame.dtypes())
    t.deepEqual(await again.collect(), await frame.collect())
    const lists = session.sql("select array(parse_json('1'), null) a, map('k', parse_json('[2]')) m")
    t.deepEqual(await session.createDataFrame(await lists.toArrow()).collect(), await lists.collect())
    const unmarked = await session.sql("select named_struct('value', X'00', 'metadata', X'010000') v").toArrow()
    t.deepEqual(await session.createDataFrame(unmarked).dtypes(), [['v', 'struct<value:binary,metadata:binary>']])
  }))

test('conditions tell what Spark tells', (t) =>
  withSession('local[1]', async (session) => {
    const v = '(select parse_json(\'{"a":1}\') as v, 1 as k)'
    const expected: readonly (readonly [sql: string, condition: string, parameters: object])[] = [
      [
        'select parse_json(j) from values (\'{"a":\') as t(j)',
        'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
        { badRecord: '{"a":', failFastMode: 'FAILFAST' },
      ],
      ['select parse_json(\'{"a":1,"a":2}\')', 'VARIANT_DUPLICATE_KEY', { key: 'a' }],
      ["select to_variant_object(named_struct('a', 1, 'a', 2))", 'VARIANT_DUPLICATE_KEY', { key: 'a' }],
      ['select cast(parse_json(\'["x"]\') as array<int>)', 'INVALID_VARIANT_CAST', { value: '"x"', dataType: '"INT"' }],
      [
        'select cast(parse_json(\'{"a":[1]}\') as struct<a: struct<b: int>>)',
        'INVALID_VARIANT_CAST',
        { value: '[1]', dataType: '"STRUCT<b: INT>"' },
      ],
      [
        "select variant_get(parse_json('1'), 'a.b')",
        'INVALID_VARIANT_GET_PATH',
        { path: 'a.b', functionName: '`variant_get`' },
      ],
      [
        "select try_variant_get(parse_json('1'), 'x')",
        'INVALID_VARIANT_GET_PATH',
        { path: 'x', functionName: '`try_variant_get`' },
      ],
      [
        `select distinct v from ${v}`,
        'UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE',
        { colName: '`v`', dataType: '"VARIANT"' },
      ],
      [
        `select v from ${v} group by v`,
        'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE',
        { sqlExpr: '"v"', dataType: '"VARIANT"' },
      ],
      [
        `select row_number() over (partition by v order by k) from ${v}`,
        'EXPRESSION_TYPE_IS_NOT_ORDERABLE',
        { expr: '"v"', exprType: '"VARIANT"' },
      ],
      [
        `select k from ${v} distribute by v`,
        'UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT',
        { expr: '"v"', dataType: '"VARIANT"' },
      ],
      [
        `select hash(v) from ${v}`,
        'DATATYPE_MISMATCH.HASH_VARIANT_TYPE',
        { functionName: '`hash`', sqlExpr: '"hash(v)"' },
      ],
      [
        `select map(v, 1) from ${v}`,
        'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE',
        { keyType: '"VARIANT"', sqlExpr: '"map(v, 1)"' },
      ],
      [
        `select v in (v) from ${v}`,
        'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
        { functionName: '`in`', dataType: '"VARIANT"', sqlExpr: '"(v IN (v))"' },
      ],
      [
        `select * from ${v} x join ${v} y using (v)`,
        'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
        { functionName: '`=`', dataType: '"VARIANT"', sqlExpr: '"(v = v)"' },
      ],
      [
        `select k from ${v} where v in (select v from ${v})`,
        'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
        { functionName: '`insubquery`', dataType: '"VARIANT"', sqlExpr: '"(v IN (listquery()))"' },
      ],
      ['select 1:a', 'COLUMN_IS_NOT_VARIANT_TYPE', {}],
      [
        "select from_json('{}', 'a int', map('singleVariantColumn', 'a'))",
        'INVALID_SINGLE_VARIANT_COLUMN',
        { schema: '"STRUCT<a: INT>"' },
      ],
    ]
    for (const [sql, condition, parameters] of expected) {
      const error = await errorOf(session, sql)
      t.is(error?.condition, condition as never, sql)
      t.deepEqual(error?.parameters, parameters as never, sql)
    }
  }))

test('columns of paths are called by their last names', (t) =>
  withSession('local[1]', async (session) => {
    const frame = session.sql("select v:[0], v:a.b, v:['x y'], v:a::int, v:a::int + 1 from (select parse_json('{}') v)")
    t.deepEqual(
      (await frame.dtypes()).map(([name]) => name),
      ['variant_get(v, $[0])', 'b', 'x y', 'a', '(CAST(variant_get(v, $.a) AS a AS INT) + 1)'],
    )
  }))

test('a variant of a user is checked when it is read', (t) =>
  withSession('local[1]', async (session) => {
    const damaged = new Variant(Uint8Array.of(13, 5), NULL_METADATA)
    t.throws(() => String(damaged), { message: /MALFORMED_VARIANT/ })
    const frame = session.createDataFrame([{ v: damaged }], 'v variant')
    t.deepEqual(await frame.selectExpr('is_valid_variant(v) as ok').collect(), [{ ok: false }] as never)
    for (const e of [
      'v::int',
      'try_cast(v as int)',
      "variant_get(v, '$.a')",
      'schema_of_variant(v)',
      'to_variant_object(array(v))',
      'to_json(v)',
      'to_json(struct(v))',
      "to_json(array(v, parse_json('1')))",
      'string(struct(v))',
      "string(array(v, parse_json('1')))",
    ])
      await t.throwsAsync(frame.selectExpr(e).collect(), { message: /MALFORMED_VARIANT/ }, e)
  }))
