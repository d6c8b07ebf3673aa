import type { ScanRequest, Split } from '../api.js'
import { constantOf } from '../files/constant-column.js'
import { FileFaults } from '../files/file-faults.js'
import { prunedPartitions } from '../files/partitions/pruned-partitions.js'
import type { ByteRange } from '../files/systems/open-file.js'
import { type ArrowLayout, arrowLayout } from './layout.js'
import { type ArrowColumn, splitToJson } from './split.js'

/** A task reads about so much, whole batches, and holds it while it does. */
const TASK_BYTES = 16 * 1024 ** 2

/** Divides the batches of files into tasks. */
export async function planArrowSplits(request: ScanRequest): Promise<readonly Split[]> {
  const { wanted, valuesOf } = prunedPartitions(request)
  const { fields } = request.source.schema
  const layouts = await new FileFaults(request.source.options).ofEach(wanted, arrowLayout)
  return layouts.flatMap((layout) => {
    const values = valuesOf(layout.file.path)
    const columns = request.columns.map((name): ArrowColumn => {
      const value = values.get(name)
      const type = fields.find((field) => field.name === name)!.type
      return value === undefined ? { kind: 'column' } : { kind: 'constant', ...constantOf(type, value) }
    })
    return sharesOf(layout).map((batches) => {
      const messages = [layout.schema, ...withDictionaries(layout, batches)]
      const bytes = messages.reduce((sum, message) => sum + message.bytes, 0)
      return { data: splitToJson({ file: layout.file, columns, messages }), bytes }
    })
  })
}

/** A file that its server sends as a whole is of one task, which fetches it once. */
function sharesOf({ file, batches }: ArrowLayout): readonly (readonly ByteRange[])[] {
  if (file.isUndivided && batches.length > 0) return [batches]
  const all: ByteRange[][] = []
  let room = 0
  for (const batch of batches) {
    if (room <= 0) {
      all.push([])
      room = TASK_BYTES
    }
    all.at(-1)!.push(batch)
    room -= batch.bytes
  }
  return all
}

/** Batches and the dictionaries that hold for them, in the order of the file: of a stream those before them, one of which may replace another. */
function withDictionaries(
  { dictionaries, hasFooter }: ArrowLayout,
  batches: readonly ByteRange[],
): readonly ByteRange[] {
  if (hasFooter) return [...dictionaries, ...batches]
  const last = batches.at(-1)!.position
  const before = dictionaries.filter(({ position }) => position < last)
  return [...before, ...batches].toSorted((a, b) => a.position - b.position)
}
