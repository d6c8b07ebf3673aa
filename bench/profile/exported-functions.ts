const HEADER_BYTES = 8
const EXPORT_SECTION = 7
const FUNCTION = 0

/** The names of the functions that a WebAssembly module exports, by their numbers, which profiles have. */
export function exportedFunctions(module: Uint8Array): ReadonlyMap<number, string> {
  const reader = new ModuleReader(module, HEADER_BYTES)
  while (!reader.isAtEnd) {
    const [section, bytes] = [reader.byte(), reader.number()]
    if (section === EXPORT_SECTION) return functionsOf(reader)
    reader.skip(bytes)
  }
  return new Map()
}

function functionsOf(reader: ModuleReader): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.text()
    const [kind, number] = [reader.byte(), reader.number()]
    if (kind === FUNCTION) names.set(number, name)
  }
  return names
}

class ModuleReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#at++]!
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let [value, shift] = [0, 0]
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
      shift += 7
    }
  }

  text(): string {
    const length = this.number()
    this.skip(length)
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at)).toString()
  }

  skip(bytes: number): void {
    this.#at += bytes
  }
}
