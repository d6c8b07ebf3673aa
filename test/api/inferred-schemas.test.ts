import test from 'ava'
import { InferredSchemas } from '../../api/engine/inferred-schemas.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, STRING, schema } from '../../columnar/types.js'
import type { Options } from '../../connectors/api.js'
import { type AnalysisSession, DEFAULT_SESSION } from '../../planner/analyze/session.js'
import { csvFormat } from '../../planner/analyze/text-formats/csv.js'

const LINES = schema([field('value', STRING, false)])

test('columns are found once, and again when a file is another one or finding them failed', async (t) => {
  let versions: readonly string[] | undefined = ['1']
  let reads = 0
  let first = 'a,b'
  const schemas = new InferredSchemas(async () => {
    reads++
    if (first === '') throw new Error('out of order')
    const blocks = (async function* () {
      yield blockFromRows(LINES, [{ value: first }])
    })()
    return { schema: LINES, blocks, mostBytes: 1 << 20 }
  })
  const names = async (): Promise<readonly string[]> =>
    (
      await schemas.of(csvFormat, { header: 'true' }, { paths: ['x.csv'], versions }, DEFAULT_SESSION)
    ).schema.fields.map(({ name }) => name)
  t.deepEqual([await names(), await names(), reads], [['a', 'b'], ['a', 'b'], 1])
  first = ''
  versions = ['2']
  await t.throwsAsync(names(), { message: 'out of order' })
  first = 'c'
  t.deepEqual([await names(), reads], [['c'], 3])
  versions = undefined
  await names()
  t.deepEqual([await names(), reads], [['c'], 5], 'nothing tells whether the file changed')
})

test('columns are found anew for another zone, another type of timestamps and other options', async (t) => {
  let reads = 0
  const schemas = new InferredSchemas(() => {
    reads++
    const blocks = (async function* () {
      yield blockFromRows(LINES, [{ value: 'a' }])
    })()
    return Promise.resolve({ schema: LINES, blocks, mostBytes: 1 << 20 })
  })
  const readsFor = async (session: Partial<AnalysisSession>, options: Options = {}): Promise<number> => {
    const before = reads
    const files = { paths: ['x.csv'], versions: ['1'] }
    await schemas.of(csvFormat, { header: 'true', ...options }, files, { ...DEFAULT_SESSION, ...session })
    return reads - before
  }
  for (const expected of [1, 0]) {
    t.is(await readsFor({}), expected)
    t.is(await readsFor({ timestampType: 'TIMESTAMP_NTZ' }), expected)
    t.is(await readsFor({ timeZone: 'Asia/Tokyo' }), expected)
    t.is(await readsFor({}, { sep: ';' }), expected)
  }
})
