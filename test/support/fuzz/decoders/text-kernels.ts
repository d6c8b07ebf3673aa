import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  map,
  SMALLINT,
  STRING,
  struct,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VARIANT,
} from '../../../../columnar/types.js'
import type { Batch } from '../../../../connectors/api.js'
import { encodeCsvSpec } from '../../../../executor/kernels/csv-spec.js'
import { JSON_SLOT_BYTES } from '../../../../executor/kernels/interface/json-spec.js'
import { encodeJsonSpec, jsonSlots } from '../../../../executor/kernels/json-spec.js'
import type { LinearMemory } from '../../../../executor/memory/linear-memory.js'
import { encodeCsvSample, encodeJsonSample } from '../../../../planner/plan/text-specs/sample-spec.js'

/** Looks at lines as queries over files do: finds their columns, and reads them as columns of all types. */
export type TextKernel = (memory: LinearMemory) => {
  readonly lines: (batch: Batch) => void
  readonly close: () => void
}

const PLAIN: readonly DataType[] = [
  INT,
  STRING,
  DOUBLE,
  DATE,
  BOOLEAN,
  TIMESTAMP,
  decimal(12, 3),
  decimal(38, 10),
  BIGINT,
  FLOAT,
  SMALLINT,
  TIMESTAMP_NTZ,
  BINARY,
]
const ROW = struct(PLAIN.map((type, i) => field(`c${i}`, type)))
const INNER = struct([field('a', INT), field('b', array(STRING)), field('c', map(STRING, DOUBLE))])
const OBJECT = struct([
  ...['a', 'b', 'id', 'name', 'x', 'v'].map((name, i) => field(name, PLAIN[(i * 5) % PLAIN.length]!)),
  field('o', INNER),
  field('l', array(INNER)),
  field('any', VARIANT),
  ...ROW.fields,
])

export const csvKernel: TextKernel = (memory) =>
  lookingAt(memory, 'csv_extract', ROW, encodeCsvSpec(ROW), [
    encodeCsvSample({}, PLAIN.length, 'a,b', false),
    encodeCsvSample({ ignoreLeadingWhiteSpace: 'true', ignoreTrailingWhiteSpace: 'true' }, 3, undefined, true),
  ])

export const jsonKernel: TextKernel = (memory) =>
  lookingAt(memory, 'json_extract', OBJECT, encodeJsonSpec(OBJECT), [
    encodeJsonSample({}, false),
    encodeJsonSample({ prefersDecimal: 'true', inferTimestamp: 'true', allowComments: 'true' }, true),
  ])

function lookingAt(
  memory: LinearMemory,
  kernel: 'csv_extract' | 'json_extract',
  type: DataType,
  spec: Uint8Array,
  samples: readonly Uint8Array[],
): ReturnType<TextKernel> {
  const { kernels } = memory
  const place = (bytes: Uint8Array): number => {
    const address = memory.allocate(bytes.length)
    memory.bytes.set(bytes, address)
    return address
  }
  const told = place(spec)
  const slots = memory.allocate(jsonSlots(type) * JSON_SLOT_BYTES)
  const detail = memory.allocate(64)
  const sampled = samples.map(place).map((address) => ({ address, state: kernels.shapesBegin(address, 0) }))
  return {
    lines({ rows, columns }) {
      const refs = columns[0]!.data
      for (const { address, state } of sampled) kernels.textShapes(address, refs, rows, state)
      for (let row = 0; row < rows; row++) {
        const [at, length] = [0, 4].map((part) => memory.view.getUint32(refs + 8 * row + part, true))
        kernels[kernel](told, at!, length!, slots, detail)
      }
    },
    close() {
      for (const { address, state } of sampled) {
        kernels.shapesRelease(state)
        memory.release(address)
      }
      for (const address of [told, slots, detail]) memory.release(address)
    },
  }
}
