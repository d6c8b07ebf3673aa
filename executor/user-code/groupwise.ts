import type { Table } from 'apache-arrow'
import type { Block } from '../../columnar/blocks/block.js'
import type { Schema } from '../../columnar/types.js'
import { type ValueReader, valueReaders } from '../../columnar/value-reader.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { LoadedFunction } from './load-function.js'

/** Rows in the order of their groups. */
export interface GroupedRows {
  /** The columns of the user, the keys, and the number of the row in its group. */
  readonly schema: Schema
  readonly keys: number
  /** Of groups of two relations: the tables of both, of the table with their rows as structs. */
  readonly sidesOf?: (table: Table) => readonly [left: Table, right: Table]
  readonly tableOf: (blocks: readonly Block[]) => Table
  /** What the rows of a group take until it is whole. */
  readonly held: CountedMemory
}

interface Group {
  readonly key: readonly unknown[]
  readonly parts: Table[]
}

/** A function of partitions that calls another one for each group, when all rows of it are there. @throws UNABLE_TO_ACQUIRE_MEMORY for a group that does not fit */
export function groupwise(fn: LoadedFunction, rows: GroupedRows): LoadedFunction {
  const given = async function* (blocks: AsyncIterable<Block>): AsyncGenerator<unknown> {
    let group: Group | undefined
    const result = ({ key, parts: [first, ...others] }: Group): unknown => {
      const table = first!.concat(...others)
      return rows.sidesOf ? fn(...rows.sidesOf(table), key) : fn(table, key)
    }
    for await (const block of blocks) {
      rows.held.hold(rows.held.bytes + block.bytes.length)
      for (const { key, part } of partsOf(block, rows)) {
        if (key && group) {
          yield await result(group)
          rows.held.hold(block.bytes.length)
        }
        if (key) group = { key, parts: [part] }
        else group!.parts.push(part)
      }
    }
    if (group) yield await result(group)
    rows.held.hold(0)
  }
  return given as LoadedFunction
}

/** The rows of a block by groups; without a key they belong to the group before. */
function* partsOf(block: Block, { schema, keys, tableOf }: GroupedRows) {
  const width = schema.fields.length - keys - 1
  const readers = valueReaders(schema, block)
  const table = tableOf([block]).selectAt(Array.from({ length: width }, (_, i) => i))
  for (let from = 0, end = 0; from < block.rows; from = end) {
    end = from + 1
    while (end < block.rows && !isFirst(readers, end)) end++
    const key = isFirst(readers, from) ? readers.slice(width, -1).map((read) => read(from)) : undefined
    yield { key, part: table.slice(from, end) as Table }
  }
}

const isFirst = (readers: readonly ValueReader[], row: number): boolean => readers.at(-1)!(row) === 1
