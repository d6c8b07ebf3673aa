import {
  TEXT_DICTIONARY_BYTES,
  TEXT_DICTIONARY_ENTRIES,
  TEXT_DICTIONARY_MOST,
  TEXT_DICTIONARY_REFS,
  TEXT_DICTIONARY_USED,
} from '../kernels/interface/text-dictionary.js'
import type { DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { emptyDictionary, fillDictionary } from './kept-dictionary.js'

const REF_BYTES = 8
const CODE_BYTES = 2
/** Bytes behind codes and texts that kernels may touch. */
const SLACK_BYTES = 64
/** A batch whose rows bring new texts more often than this is better kept as it is. */
const ROWS_OF_A_NEW_TEXT = 2

/** Makes codes of the texts of a column, batch by batch, as long as few of them differ. */
export class TextCoder {
  /** Filled by `finish`. */
  readonly dictionary = emptyDictionary()
  readonly #memory: LinearMemory
  /** The dictionary that grows; 0 while there is none. */
  #growing = 0
  #hasCoded = false
  #isGivenUp = false

  constructor(memory: LinearMemory) {
    this.#memory = memory
  }

  /**
   * The codes of a batch (u16 each), in memory of their own with room for a byte a row behind them; undefined where so many texts differ that codes save
   * nothing, and then for all batches to come.
   */
  code(refs: number, rows: number): { readonly address: number; readonly bytes: number } | undefined {
    if (this.#isGivenUp) return undefined
    const memory = this.#memory
    if (this.#growing === 0) {
      this.#growing = memory.allocate(TEXT_DICTIONARY_BYTES)
      memory.bytes.fill(0, this.#growing, this.#growing + TEXT_DICTIONARY_REFS)
    }
    const known = memory.view.getUint32(this.#growing + TEXT_DICTIONARY_ENTRIES, true)
    const most = Math.min(TEXT_DICTIONARY_MOST, known + Math.floor(rows / ROWS_OF_A_NEW_TEXT))
    const bytes = rows * (CODE_BYTES + 1) + SLACK_BYTES
    const address = memory.allocate(bytes)
    if (memory.kernels.textCodes(this.#growing, refs, rows, most, address)) {
      this.#hasCoded = true
      return { address, bytes }
    }
    memory.release(address)
    this.#isGivenUp = true
    return undefined
  }

  /** Puts the texts where they stay; returns that memory, if there are codes. */
  finish(): readonly DetachedMemory[] {
    if (!this.#hasCoded) return []
    const { view, kernels } = this.#memory
    const entries = view.getUint32(this.#growing + TEXT_DICTIONARY_ENTRIES, true)
    const bytes = entries * REF_BYTES + view.getUint32(this.#growing + TEXT_DICTIONARY_USED, true) + SLACK_BYTES
    return fillDictionary(this.dictionary, this.#memory, { entries, bytes }, (address) =>
      kernels.textCodesCopy(this.#growing, address),
    )
  }

  close(): void {
    if (this.#growing !== 0) this.#memory.release(this.#growing)
    this.#growing = 0
    this.#isGivenUp = true
  }
}
