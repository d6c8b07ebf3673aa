const PLACE_BITS = 10

/** The low bits of hashes of short keys differ too little. */
const placeOf = (hash: number): number => Math.imul(hash, 0x9e37_79b1) >>> (32 - PLACE_BITS)

/** Some of the hashes that all rows have come back from disk of: runs have such rows still, which count no more, and would be read in vain. */
export class GoneHashes {
  /** Each hash has its place, where it takes that of another one. */
  readonly #hashes = new Uint32Array(1 << PLACE_BITS)

  constructor() {
    this.clear()
  }

  /** Returns whether it was not known. */
  add(hash: number): boolean {
    const place = placeOf(hash)
    if (this.#hashes[place] === hash) return false
    this.#hashes[place] = hash
    return true
  }

  /** Rows have left the memory. */
  clear(): void {
    // 0 has the first place, 1 another one.
    this.#hashes.fill(0)
    this.#hashes[0] = 1
  }
}
