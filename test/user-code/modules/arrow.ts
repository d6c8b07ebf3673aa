import { type RecordBatch, Table, tableFromArrays, vectorFromArray } from 'apache-arrow'

/** The lengths of the texts of each batch. */
export async function* lengths(batches: AsyncIterable<RecordBatch>) {
  for await (const batch of batches) {
    const texts = [...(batch.getChild('s') ?? [])] as (string | null)[]
    yield tableFromArrays({ n: Int32Array.from(texts, (text) => text?.length ?? -1) })
  }
}

/** What is given, with the columns the other way round. */
export function* turned(batches: Iterable<RecordBatch>) {
  for (const batch of batches) yield batch.selectAt([1, 0])
}

export function* doubles() {
  yield tableFromArrays({ n: Float64Array.of(1) })
}

export function* otherwiseNamed() {
  yield tableFromArrays({ m: Int32Array.of(1) })
}

export function* withNull() {
  yield new Table({ n: vectorFromArray([1n, null]) })
}

/** The key of a group, how many rows it has and the sum of `v`. */
export function summed(group: Table, [key]: readonly unknown[]) {
  const values = [...(group.getChild('v') ?? [])] as (number | null)[]
  const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0)
  return tableFromArrays({
    k: [key === null ? 'none' : String(key)],
    n: Int32Array.of(group.numRows),
    sum: Float64Array.of(sum),
  })
}
