import { ByteReader } from '../../executor/compiler/wasm/byte-reader.js'

/** What the code section of a module says of its functions. */
export interface ModuleCode {
  readonly bytes: number
  readonly mostLocals: number
  readonly largestFunction: number
  /** How many instructions call a kernel, by its name as it is imported. */
  callsOf(kernel: string): number
}

/** The code that is handed to the engine while something is compiled. */
export function codeOf(compile: () => unknown): ModuleCode {
  const { Module } = WebAssembly
  let code: Uint8Array | undefined
  WebAssembly.Module = class extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      super(bytes)
      code = bytes
    }
  }
  try {
    compile()
  } finally {
    WebAssembly.Module = Module
  }
  return parse(code!)
}

function parse(bytes: Uint8Array): ModuleCode {
  const reader = new ByteReader(bytes, 8)
  const imports: string[] = []
  const bodies: Uint8Array[] = []
  let mostLocals = 0
  while (reader.at < bytes.length) {
    const section = bytes[reader.at++]
    const end = reader.unsigned() + reader.at
    if (section === 2) {
      for (let left = reader.unsigned(); left > 0; left--) {
        reader.name()
        const name = reader.name()
        const kind = bytes[reader.at++]!
        if (kind === 0) imports.push(name)
        reader.at += kind === 0 ? 0 : 2
        if (kind === 0) reader.unsigned()
      }
    }
    if (section === 10) {
      for (let left = reader.unsigned(); left > 0; left--) {
        const size = reader.unsigned()
        bodies.push(bytes.subarray(reader.at, reader.at + size))
        const body = new ByteReader(bytes, reader.at)
        let locals = 0
        for (let runs = body.unsigned(); runs > 0; runs--, body.at++) locals += body.unsigned()
        mostLocals = Math.max(mostLocals, locals)
        reader.at += size
      }
    }
    reader.at = end
  }
  return {
    bytes: bytes.length,
    mostLocals,
    largestFunction: Math.max(...bodies.map((body) => body.length)),
    callsOf: (kernel) => {
      const call = Buffer.from([0x10, imports.indexOf(kernel) | 0x80, 0x80, 0x80, 0x80, 0x00])
      let calls = 0
      for (const body of bodies) {
        const code = Buffer.from(body)
        for (let at = code.indexOf(call); at >= 0; at = code.indexOf(call, at + 1)) calls++
      }
      return calls
    },
  }
}
