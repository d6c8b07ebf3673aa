import test from 'ava'
import { READ_OPTIONS, WRITE_OPTIONS } from '../../api/sources/formats.js'
import { field, STRING, schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { sourceOptions } from '../../connectors/kafka/source/source-options.js'
import { consoleOptions } from '../../connectors/program/console-options.js'
import { connectorPart } from '../../connectors/registry.js'
import { isStateFormat, type StateFormat } from '../../driver/index.js'
import { stateSource } from '../../driver/streaming/index.js'
import { textFormat, textWriting } from '../../planner/analyze/text-formats/registry.js'
import type { Attribute, ExprId } from '../../planner/plan/expression/expression.js'

/** Asks a connector for its opinion of one option: what it refuses is that there is none of the name, in whichever words. */
async function knows(act: () => unknown): Promise<boolean> {
  try {
    await act()
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return !/there is no such option|the option .* (of the data (source|sink)|here)/.test(error.message)
  }
  return true
}
const LINES = schema([field('value', STRING)])
const VALUE: Attribute = { ...LINES.fields[0]!, id: 0 as ExprId }

const FLAGS: ReadonlySet<string> = new Set([
  'includeHeaders',
  'recursiveFileLookup',
  'ignoreCorruptFiles',
  'ignoreMissingFiles',
])
const sampleOf = (name: string): string => (name === 'mergeSchema' ? 'true' : FLAGS.has(name) ? 'false' : 'none')

test('every option that compiles is known to its connector, and others are not', async (t) => {
  for (const [format, names] of Object.entries(READ_OPTIONS)) {
    const texts = textFormat(format)
    const source = isStateFormat(format)
      ? stateSource(format as StateFormat)
      : await connectorPart(texts ? 'text' : format, 'source')
    const read = async (name: string): Promise<unknown> => {
      const options = { [name]: sampleOf(name) }
      if (texts) return texts.lines(options)
      return format === 'kafka' ? sourceOptions(options) : source.describe(options, ['/nowhere'], undefined)
    }
    for (const name of names) t.true(await knows(() => read(name)), `${format} ${name}`)
    t.false(await knows(() => read('subscibe')), format)
  }
  for (const [format, names] of Object.entries(WRITE_OPTIONS)) {
    const texts = textWriting(format)
    const sink = await connectorPart(texts ? 'text' : format, 'sink')
    const write = async (name: string): Promise<unknown> => {
      const options = { [name]: sampleOf(name) }
      if (texts) return texts.rows([VALUE], options)
      const written = {
        provider: format,
        options,
        path: '/dev/null/x',
        mode: 'append',
        schema: LINES,
        jobId: 'x',
      } as const
      return await sink.begin(written)
    }
    for (const name of names) t.true(await knows(() => write(name)), `${format} ${name}`)
    t.false(await knows(() => write('compresion')), format)
  }
})

test('the console takes how many rows are shown and how they are cut, and nothing else', (t) => {
  t.deepEqual(consoleOptions({}), { numRows: 20, truncate: true })
  t.deepEqual(consoleOptions({ NUMROWS: '3', truncate: 'False' }), { numRows: 3, truncate: false })
  t.deepEqual(consoleOptions({ truncate: '5' }), { numRows: 20, truncate: 5 })
  for (const options of [{ numRows: '-1' }, { truncate: 'maybe' }, { topic: 'x' }] as Record<string, string>[]) {
    t.throws(() => consoleOptions(options), { message: /INVALID_OPTION/ })
  }
})
