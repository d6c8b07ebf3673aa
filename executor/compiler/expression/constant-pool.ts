import { LISTED_TEXT_BYTES, LISTED_TEXT_LENGTH, LISTED_TEXT_OFFSET } from '../../kernels/interface/text.js'

const ALIGNMENT = 16

/** Bytes at the start of every data area that kernels return further results in. */
const SCRATCH_BYTES = 64
/** Where in the data area generated code leaves address and length (two u32) of the text of a value at fault. */
export const ERROR_DETAIL_OFFSET = 48
/** Where it leaves the address of the text of the row at fault, for sites that tell of one. */
export const ERROR_ROW_OFFSET = 56

/**
 * The constant data of a module: string literals, patterns, lists; and room that kernels write to. It is copied to an area
 * of linear memory when the module is instantiated; places in it are offsets, so that a module can be shared by tasks.
 */
export class ConstantPool {
  readonly #chunks: { readonly offset: number; readonly bytes: Uint8Array }[] = []
  readonly #known = new Map<string, number>()
  #length = SCRATCH_BYTES

  /** Adds bytes (once, however often they are added) and returns their offset. */
  add(bytes: Uint8Array): number {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const offset = this.reserve(bytes.length)
    this.#chunks.push({ offset, bytes })
    this.#known.set(key, offset)
    return offset
  }

  /** Sets room aside, zero at first; returns its offset. Aligned to 16. */
  reserve(length: number): number {
    const offset = this.#length
    this.#length = (offset + length + ALIGNMENT - 1) & -ALIGNMENT
    return offset
  }

  /** What the data area holds at first. */
  toBytes(): Uint8Array {
    const area = new Uint8Array(this.#length)
    for (const { offset, bytes } of this.#chunks) area.set(bytes, offset)
    return area
  }
}

/** A list of texts, as kernels search in it. */
export function packTexts(texts: readonly Uint8Array[]): Uint8Array {
  const entries = new DataView(new ArrayBuffer(texts.length * LISTED_TEXT_BYTES))
  let offset = entries.byteLength
  texts.forEach((text, i) => {
    entries.setUint32(i * LISTED_TEXT_BYTES + LISTED_TEXT_OFFSET, offset, true)
    entries.setUint32(i * LISTED_TEXT_BYTES + LISTED_TEXT_LENGTH, text.length, true)
    offset += text.length
  })
  return Buffer.concat([new Uint8Array(entries.buffer), ...texts])
}
