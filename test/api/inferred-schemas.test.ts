import test from 'ava'
import { InferredSchemas } from '../../api/engine/inferred-schemas.js'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { field, STRING, schema } from '../../columnar/types.js'
import { DEFAULT_SESSION } from '../../planner/analyze/session.js'
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
