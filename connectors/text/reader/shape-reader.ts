import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../../executor/kernels/interface/text.js'
import type { Batch, BatchReader, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'
import type { LineReader } from './line-reader.js'

const REF_BYTES = 8

/** Reads the lines of a split for the columns that they have: kernels look at them, and one row tells what they found. */
export class ShapeReader implements BatchReader {
  readonly #lines: LineReader
  readonly #memory: ReadContext['memory']
  readonly #kernels: Kernels
  readonly #spec: number
  readonly #state: number
  readonly #told: Region
  #isDone = false

  constructor(lines: LineReader, spec: Uint8Array, task: number, { memory, kernels }: ReadContext) {
    this.#lines = lines
    this.#memory = memory
    this.#kernels = kernels
    this.#told = new Region(memory)
    this.#spec = memory.allocate(spec.length)
    memory.bytes.set(spec, this.#spec)
    this.#state = kernels.shapesBegin(this.#spec, task)
  }

  async next(): Promise<Batch | undefined> {
    if (this.#isDone) return undefined
    for (let batch = await this.#lines.next(); batch; batch = await this.#lines.next()) {
      this.#kernels.textShapes(this.#spec, batch.columns[0]!.data, batch.rows, this.#state)
      this.#kernels.arenaReset()
    }
    this.#isDone = true
    return this.#row(this.#found())
  }

  close(): void {
    this.#lines.close()
    this.#told.release()
    this.#kernels.shapesRelease(this.#state)
    this.#memory.release(this.#spec)
  }

  /** What a kernel tells, which lies in memory of its own for as long as no other does. */
  #found(): Uint8Array {
    const result = this.#told.reserve(REF_BYTES)
    this.#kernels.shapesText(this.#spec, this.#state, result)
    const { view, bytes } = this.#memory
    const address = view.getUint32(result + RESULT_ADDRESS, true)
    const text = bytes.slice(address, address + view.getUint32(result + RESULT_LENGTH, true))
    this.#kernels.arenaReset()
    return text
  }

  /** A batch of one text. */
  #row(text: Uint8Array): Batch {
    const address = this.#told.reserve(REF_BYTES + text.length)
    this.#memory.view.setUint32(address, address + REF_BYTES, true)
    this.#memory.view.setUint32(address + 4, text.length, true)
    this.#memory.bytes.set(text, address + REF_BYTES)
    return { rows: 1, columns: [{ data: address, validity: 0 }] }
  }
}
