import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import * as codes from '../../../executor/kernels/interface/text-shapes.js'
import type { Batch, BatchReader, Memory, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'
import type { LineReader } from './line-reader.js'

/** What was found of a column, field or element. */
interface Node {
  readonly kinds: number
  readonly whole: number
  readonly scale: number
  readonly isTwice?: boolean
  readonly fields?: readonly (readonly [name: string, node: Node])[]
  readonly element?: Node
}

/** Reads the lines of a split for the columns that they have: kernels look at them, and one row tells as JSON what they found. */
export class ShapeReader implements BatchReader {
  readonly #lines: LineReader
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #told: Region
  readonly #spec: number
  readonly #state: number
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
    return this.#row(Buffer.from(JSON.stringify(this.#found())))
  }

  close(): void {
    this.#lines.close()
    this.#told.release()
    this.#kernels.shapesRelease(this.#state)
    this.#memory.release(this.#spec)
  }

  /** A batch of one text. */
  #row(text: Buffer): Batch {
    const address = this.#told.reserve(8 + text.length)
    this.#memory.view.setUint32(address, address + 8, true)
    this.#memory.view.setUint32(address + 4, text.length, true)
    this.#memory.bytes.set(text, address + 8)
    return { rows: 1, columns: [{ data: address, validity: 0 }] }
  }

  #found(): object {
    const damaged = this.#u32(this.#state + codes.SHAPES_DAMAGED)
    const scale = this.#memory.view.getInt32(this.#state + codes.SHAPES_NEGATIVE_SCALE, true)
    return {
      isListed: this.#u32(this.#state + codes.SHAPES_LISTED) !== 0,
      ...(damaged ? { damaged: this.#text(damaged, this.#state + codes.SHAPES_DAMAGED_LENGTH) } : {}),
      ...(scale < 0 ? { negativeScale: scale } : {}),
      row: this.#node(this.#state + codes.SHAPES_ROOT),
    }
  }

  #node(at: number): Node {
    const fields: (readonly [string, Node])[] = []
    const element = this.#u32(at + codes.SHAPE_ELEMENT)
    for (let one = this.#u32(at + codes.SHAPE_FIRST); one !== 0; one = this.#u32(one + codes.SHAPE_NEXT))
      fields.push([this.#text(this.#u32(one + codes.SHAPE_NAME), one + codes.SHAPE_NAME_LENGTH), this.#node(one)])
    return {
      kinds: this.#u32(at + codes.SHAPE_KINDS),
      whole: this.#u32(at + codes.SHAPE_WHOLE),
      scale: this.#u32(at + codes.SHAPE_SCALE),
      ...(this.#u32(at + codes.SHAPE_TWICE) ? { isTwice: true } : {}),
      ...(fields.length > 0 ? { fields } : {}),
      ...(element !== 0 ? { element: this.#node(element) } : {}),
    }
  }

  #text(address: number, lengthAt: number): string {
    return Buffer.from(this.#memory.bytes.subarray(address, address + this.#u32(lengthAt))).toString()
  }

  #u32(address: number): number {
    return this.#memory.view.getUint32(address, true)
  }
}
