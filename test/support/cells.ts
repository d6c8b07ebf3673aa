import { leafCount } from '../../columnar/leaves.js'
import { type DataType, isShortDecimal } from '../../columnar/types.js'
import type { BatchColumn, Memory } from '../../connectors/api.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'

/** A value of a row in a test: as the plan's literals, structs as arrays of their fields. */
export type Cell = LiteralValue | readonly Cell[]

type Allocate = (bytes: number) => number

/** Writes a value in pipeline layout. Under a NULL it leaves rubbish, as readers may. */
export function writeCell(
  memory: Memory,
  allocate: Allocate,
  type: DataType,
  leaves: readonly BatchColumn[],
  row: number,
  cell: Cell,
): void {
  const { data, validity } = leaves[0]!
  memory.bytes[validity + row] = cell === null ? 0 : 1
  if (type.kind === 'struct') {
    let at = 1
    type.fields.forEach((field, i) => {
      const own = leaves.slice(at, at + leafCount(field.type))
      at += own.length
      writeCell(memory, allocate, field.type, own, row, cell === null ? null : (cell as readonly Cell[])[i]!)
    })
    return
  }
  if (type.kind === 'string' || type.kind === 'binary') {
    const bytes = cell === null ? new Uint8Array() : cell instanceof Uint8Array ? cell : Buffer.from(String(cell))
    const address = bytes.length > 0 ? allocate(bytes.length) : 0
    memory.bytes.set(bytes, address)
    memory.view.setUint32(data + row * 8, address, true)
    memory.view.setUint32(data + row * 8 + 4, bytes.length, true)
    return
  }
  writeFixed(memory.view, type, data, row, cell)
}

function writeFixed(view: DataView, type: DataType, data: number, row: number, cell: Cell): void {
  const number = cell === null ? 0 : Number(cell)
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
      return view.setInt8(data + row, number)
    case 'smallint':
      return view.setInt16(data + row * 2, number, true)
    case 'float':
      return view.setFloat32(data + row * 4, number, true)
    case 'double':
      return view.setFloat64(data + row * 8, number, true)
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_dt':
      return view.setBigInt64(data + row * 8, cell === null ? -(1n << 63n) : (cell as bigint), true)
    case 'decimal': {
      const unscaled = cell === null ? -1n : (cell as bigint)
      if (isShortDecimal(type)) return view.setBigInt64(data + row * 8, unscaled, true)
      view.setBigInt64(data + row * 16, BigInt.asIntN(64, unscaled), true)
      return view.setBigInt64(data + row * 16 + 8, unscaled >> 64n, true)
    }
    default:
      return view.setInt32(data + row * 4, cell === null ? 2147483647 : number, true)
  }
}

export function readCell(memory: Memory, type: DataType, leaves: readonly BatchColumn[], row: number): Cell {
  const { data, validity } = leaves[0]!
  const { view } = memory
  if (memory.bytes[validity + row] === 0) return null
  switch (type.kind) {
    case 'struct': {
      let at = 1
      return type.fields.map((field) => {
        const own = leaves.slice(at, at + leafCount(field.type))
        at += own.length
        return readCell(memory, field.type, own, row)
      })
    }
    case 'string':
    case 'binary': {
      const address = view.getUint32(data + row * 8, true)
      const bytes = memory.bytes.slice(address, address + view.getUint32(data + row * 8 + 4, true))
      return type.kind === 'binary' ? bytes : Buffer.from(bytes).toString('utf8')
    }
    case 'boolean':
      return view.getInt8(data + row) !== 0
    case 'tinyint':
      return view.getInt8(data + row)
    case 'smallint':
      return view.getInt16(data + row * 2, true)
    case 'float':
      return view.getFloat32(data + row * 4, true)
    case 'double':
      return view.getFloat64(data + row * 8, true)
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_dt':
      return view.getBigInt64(data + row * 8, true)
    case 'decimal':
      if (isShortDecimal(type)) return view.getBigInt64(data + row * 8, true)
      return (view.getBigInt64(data + row * 16 + 8, true) << 64n) | view.getBigUint64(data + row * 16, true)
    default:
      return view.getInt32(data + row * 4, true)
  }
}
