import { MillraceError } from '../../../common/errors/millrace-error.js'
import {
  RECORDS_BYTES,
  RECORDS_KEY,
  RECORDS_KEY_VALIDITY,
  RECORDS_MAX_ROWS,
  RECORDS_OFFSET,
  RECORDS_TIMESTAMP,
  RECORDS_TYPE,
  RECORDS_VALUE,
  RECORDS_VALUE_VALIDITY,
} from '../../../executor/kernels/interface/kafka-records.js'
import { type BatchColumn, MAX_BATCH_ROWS, type Memory } from '../../api.js'

const REF_BYTES = 8
/** More than all columns of a topic take, and its name. */
export const COLUMNS_BYTES = MAX_BATCH_ROWS * 8 * 8

/** The columns of a reader in linear memory and the decoder's state that points to them. */
export class RecordColumns {
  readonly state: number
  readonly columns: readonly BatchColumn[]
  readonly #memory: Memory
  readonly #held: number[] = []

  /** @param names of the columns wanted, in order */
  constructor(names: readonly string[], topic: string, partition: number, memory: Memory) {
    this.#memory = memory
    this.state = this.#allocate(RECORDS_BYTES)
    memory.bytes.fill(0, this.state, this.state + RECORDS_BYTES)
    memory.view.setInt32(this.state + RECORDS_MAX_ROWS, MAX_BATCH_ROWS, true)
    this.columns = names.map((name) => this.#column(name, topic, partition))
  }

  release(): void {
    for (const address of this.#held.splice(0)) this.#memory.release(address)
  }

  #allocate(bytes: number): number {
    const address = this.#memory.allocate(bytes)
    this.#held.push(address)
    return address
  }

  #column(name: string, topic: string, partition: number): BatchColumn {
    switch (name) {
      case 'key':
        return this.#decoded(RECORDS_KEY, REF_BYTES, RECORDS_KEY_VALIDITY)
      case 'value':
        return this.#decoded(RECORDS_VALUE, REF_BYTES, RECORDS_VALUE_VALIDITY)
      case 'offset':
        return this.#decoded(RECORDS_OFFSET, 8)
      case 'timestamp':
        return this.#decoded(RECORDS_TIMESTAMP, 8)
      case 'timestampType':
        return this.#decoded(RECORDS_TYPE, 4)
      case 'topic':
        return this.#topics(topic)
      case 'partition':
        return this.#partitions(partition)
      default:
        throw new MillraceError('INTERNAL_ERROR', { message: `the column ${name} of a Kafka source` })
    }
  }

  #decoded(field: number, width: number, validityField?: number): BatchColumn {
    const data = this.#allocate(MAX_BATCH_ROWS * width)
    const validity = validityField === undefined ? 0 : this.#allocate(MAX_BATCH_ROWS)
    this.#memory.view.setUint32(this.state + field, data, true)
    if (validityField !== undefined) this.#memory.view.setUint32(this.state + validityField, validity, true)
    return { data, validity }
  }

  #topics(topic: string): BatchColumn {
    const text = Buffer.from(topic)
    const address = this.#allocate(text.length + 16)
    const data = this.#allocate(MAX_BATCH_ROWS * REF_BYTES)
    this.#memory.bytes.set(text, address)
    const ref = BigInt(address) | (BigInt(text.length) << 32n)
    new BigUint64Array(this.#memory.bytes.buffer, data, MAX_BATCH_ROWS).fill(ref)
    return { data, validity: 0 }
  }

  #partitions(partition: number): BatchColumn {
    const data = this.#allocate(MAX_BATCH_ROWS * 4)
    new Int32Array(this.#memory.bytes.buffer, data, MAX_BATCH_ROWS).fill(partition)
    return { data, validity: 0 }
  }
}
