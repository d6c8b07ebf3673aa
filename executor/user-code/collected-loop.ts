import { compileFunction } from 'node:vm'
import { storageOf } from '../../columnar/leaves.js'
import { unpacked } from '../../columnar/packed-reader.js'
import { plainRecordOf } from '../../columnar/records/records.js'
import { array, type DataType, type PlainType } from '../../columnar/types.js'
import { isInline } from '../../planner/plan/expression/user-function.js'
import { LISTED_BYTES } from '../kernels/interface/packed.js'
import type { LoadedAggregator } from './load-function.js'
import { NULLS_BITS, NULLS_BYTES, nullsWords } from './row-layout.js'
import { stateOfBytes } from './state-bytes.js'
import { textAt } from './texts.js'

/** How a loop reads a field at `at`, which it moves on. */
interface FieldCode {
  /** A statement that sets `name`. */
  read(name: string): string
  /** What the statement calls, as `h` and the number of the field. */
  readonly helper?: (bytes: Buffer, at: number, length: number) => unknown
}

/** Texts and packed values lie behind their lengths. */
const LENGTH_BYTES = 4

/**
 * What makes a state of a list of rows and states: code of its own for an aggregate and its types, so that its functions are compiled into it, and rows and
 * their numbers are no objects.
 */
export function collectedLoop(aggregator: LoadedAggregator, takes: readonly DataType[]): (list: Uint8Array) => unknown {
  const fields = takes.map(fieldCode)
  const words = nullsWords(takes.length + 1)
  const lines = [
    'return (list) => {',
    'const bytes = Buffer.from(list.buffer, list.byteOffset, list.byteLength)',
    'const view = new DataView(list.buffer, list.byteOffset, list.byteLength)',
    'let held = aggregator.zero()',
    'for (let next = 0; next < bytes.length;) {',
    `let at = next + ${LISTED_BYTES}`,
    'next = at + view.getInt32(next, true)',
    ...Array.from({ length: words }, (_, word) => `const n${word} = view.getInt32(at + ${word * NULLS_BYTES}, true)`),
    `at += ${words * NULLS_BYTES}`,
    'if ((n0 & 1) === 0) {',
    // A copy, of which what is in the state may be a part.
    'held = aggregator.merge(held, stateOfBytes(list.slice(at, next)))',
    'continue',
    '}',
    ...fields.flatMap(({ read }, i) => [`let a${i} = null`, `if (${isPresent(i + 1)}) { ${read(`a${i}`)} }`]),
    `held = aggregator.reduce(${['held', ...fields.map((_, i) => `a${i}`)].join(', ')})`,
    '}',
    'return held',
    '}',
  ]
  const names = ['aggregator', 'stateOfBytes', 'Buffer', ...fields.map((_, i) => `h${i}`)]
  const make = compileFunction(lines.join('\n'), names, { filename: 'node:millrace/collected-loop' })
  return make(aggregator, stateOfBytes, Buffer, ...fields.map(({ helper }) => helper)) as (list: Uint8Array) => unknown
}

const isPresent = (field: number): string => `(n${Math.floor(field / NULLS_BITS)} & ${1 << (field % NULLS_BITS)}) === 0`

const READS = {
  boolean: ['getInt32(at, true) !== 0', 4],
  tinyint: ['getInt32(at, true)', 4],
  smallint: ['getInt32(at, true)', 4],
  int: ['getInt32(at, true)', 4],
  bigint: ['getBigInt64(at, true)', 8],
  float: ['getFloat32(at, true)', 4],
  double: ['getFloat64(at, true)', 8],
} as const

function fieldCode(type: DataType, i: number): FieldCode {
  const direct = READS[type.kind as keyof typeof READS] as (typeof READS)[keyof typeof READS] | undefined
  if (direct) return { read: (name) => `${name} = view.${direct[0]}; at += ${direct[1]}` }
  const storage = storageOf(type)
  if (storage.kind === 'fixed' && isInline(type)) {
    const read = `h${i}(bytes, at, ${storage.bytes}); at += ${storage.bytes}`
    return { read: (name) => `${name} = ${read}`, helper: wordReader(type as PlainType) }
  }
  const helper = type.kind === 'string' ? textAt : packedReader(type)
  const read = `l = view.getInt32(at, true); at += ${LENGTH_BYTES}`
  return { read: (name) => `const ${read}; ${name} = h${i}(bytes, at, l); at += l`, helper }
}

/** Reads values of one or two words, each from where it is copied to. */
function wordReader(type: PlainType): FieldCode['helper'] {
  const bytes = Buffer.alloc(16)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const read = plainRecordOf(type).readUser({ view, bytes, at: 0, data: { offset: 0, length: 0 } }, type as never)
  return (from, at, length) => {
    from.copy(bytes, 0, at, at + length)
    return read(0)
  }
}

function packedReader(type: DataType): FieldCode['helper'] {
  const packed = array(type)
  return (bytes, at, length) =>
    (
      unpacked(packed, bytes.subarray(at, at + length), (plain, buffers) =>
        plainRecordOf(plain).readUser(buffers, plain as never),
      ) as readonly unknown[]
    )[0]
}
