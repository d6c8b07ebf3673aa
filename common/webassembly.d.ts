// The part of the WebAssembly JavaScript interface we use. TypeScript declares it only in its "dom" library, which would
// also let browser globals into code that runs in Node.
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number
    maximum?: number
    shared?: boolean
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor)
    readonly buffer: ArrayBuffer
    /** Adds 64 KiB pages; returns how many there were. */
    grow(pages: number): number
  }
  class Global {
    constructor(descriptor: { value: string; mutable?: boolean }, value?: unknown)
    value: unknown
  }
  interface ModuleImportDescriptor {
    module: string
    name: string
    kind: string
  }
  interface ModuleExportDescriptor {
    name: string
    kind: string
  }
  class Module {
    constructor(bytes: ArrayBufferView | ArrayBufferLike)
    static imports(module: Module): ModuleImportDescriptor[]
    static exports(module: Module): ModuleExportDescriptor[]
  }
  type ImportValue = ((...args: never[]) => unknown) | Memory | Global | number | bigint
  type Imports = Record<string, Record<string, ImportValue>>
  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Record<string, unknown>
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function validate(bytes: ArrayBufferView | ArrayBufferLike): boolean
}
