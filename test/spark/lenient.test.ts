import test from 'ava'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { DataType } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { castText } from '../support/cast-text.js'
import { withSession } from '../support/sessions.js'
import { sparkData } from '../support/spark-data.js'

type Cell = string | null

const [COLUMNS, ASKED, KINDS, ...ROWS] = sparkData<readonly Cell[]>('lenient')

const SOURCES: Readonly<Record<string, string>> = {
  t: 'tinyint',
  s: 'smallint',
  i: 'int',
  l: 'bigint',
  f: 'float',
  d: 'double',
  n: 'decimal(10,3)',
  w: 'decimal(38,6)',
  x: 'string',
  b: 'boolean',
  m: 'timestamp',
}

/** As `lenient_values.py` writes it: of floating-point numbers the bits. */
function cellOf(value: Value, type: DataType): Cell {
  if (value === null) return null
  if (type.kind !== 'float' && type.kind !== 'double') return castText(value, type)
  if (Number.isNaN(value)) return 'nan'
  const bits = Buffer.alloc(8)
  bits.writeDoubleBE(value as number)
  return bits.toString('hex')
}

test('casts and arithmetic outside of ANSI mode give what Spark gives', async (t) => {
  const names = COLUMNS!.map(String)
  const drawn = ROWS.map((row, at) => ({ at, ...Object.fromEntries(names.map((name, i) => [name, row[i]!])) }))
  const faults: string[] = []
  await withSession(
    'local[1]',
    async (session) => {
      session
        .createDataFrame(drawn, `at int, ${names.map((name) => `${name} string`).join(', ')}`)
        .selectExpr('at', ...names.map((name) => `cast(${name} as ${SOURCES[name[0]!]}) ${name}`))
        .createOrReplaceTempView('drawn')
      session.conf.set('ansi.enabled', 'false')
      const asked = session.sql(`select ${ASKED!.join(', ')} from drawn order by at`)
      const { schema, blocks } = await session.engine.execute(asked.plan)
      const types = schema.fields.map(({ type }) => type)
      const rows: (readonly Value[])[] = []
      for await (const block of blocks) rows.push(...tuplesFromBlock(schema, block))
      t.deepEqual(
        (await asked.dtypes()).map(([, type]) => type),
        KINDS!.map(String),
      )
      for (const [at, row] of ROWS.entries())
        for (const [i, expression] of ASKED!.entries()) {
          const [given, expected] = [cellOf(rows[at]![i]!, types[i]!), row[names.length + i]!]
          if (given !== expected) faults.push(`${expression} of row ${at}: ${given} instead of ${expected}`)
        }
    },
    { 'shuffle.partitions': 1 },
  )
  t.deepEqual(faults, [])
})
