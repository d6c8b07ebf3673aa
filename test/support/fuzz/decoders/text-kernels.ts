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

const CSV_LOOK: Look = {
  kernel: 'csv_extract',
  spec: encodeCsvSpec(ROW),
  slots: jsonSlots(ROW),
  samples: [
    encodeCsvSample({}, PLAIN.length, 'a,b', false),
    encodeCsvSample({ ignoreLeadingWhiteSpace: 'true', ignoreTrailingWhiteSpace: 'true' }, 3, undefined, true),
  ],
}

const JSON_LOOK: Look = {
  kernel: 'json_extract',
  spec: encodeJsonSpec(OBJECT),
  slots: jsonSlots(OBJECT),
  samples: [
    encodeJsonSample({}, false),
    encodeJsonSample({ prefersDecimal: 'true', inferTimestamp: 'true', allowComments: 'true' }, true),
  ],
}

export const csvKernel: TextKernel = (memory) => lookingAt(memory, CSV_LOOK)
export const jsonKernel: TextKernel = (memory) => lookingAt(memory, JSON_LOOK)

/** What is the same for all inputs. */
interface Look {
  readonly kernel: 'csv_extract' | 'json_extract'
  readonly spec: Uint8Array
  readonly slots: number
  readonly samples: readonly Uint8Array[]
}

function lookingAt(memory: LinearMemory, look: Look): ReturnType<TextKernel> {
  const { kernels } = memory
  const place = (bytes: Uint8Array): number => {
    const address = memory.allocate(bytes.length)
    memory.bytes.set(bytes, address)
    return address
  }
  const told = place(look.spec)
  const slots = memory.allocate(look.slots * JSON_SLOT_BYTES)
  const detail = memory.allocate(64)
  const sampled = look.samples.map(place).map((address) => ({ address, state: kernels.shapesBegin(address, 0) }))
  return {
    lines({ rows, columns }) {
      const refs = columns[0]!.data
      for (const { address, state } of sampled) kernels.textShapes(address, refs, rows, state)
      for (let row = 0; row < rows; row++) {
        const ref = refs + 8 * row
        kernels[look.kernel](
          told,
          memory.view.getUint32(ref, true),
          memory.view.getUint32(ref + 4, true),
          slots,
          detail,
        )
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
