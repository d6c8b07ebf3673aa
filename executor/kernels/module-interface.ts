import { ByteReader } from '../compiler/wasm/byte-reader.js'
import { typeOfCode } from '../compiler/wasm/types.js'

/** What a module imports (names with their `env.`) and exports, by name. */
export interface ModuleInterface {
  readonly imports: ReadonlyMap<string, string>
  readonly exports: ReadonlyMap<string, string>
}

/** How an import or export is described. Signatures are written as in generated.ts. */
export const MEMORY = 'a memory'
export const functionOf = (signature: string): string => `a function (${signature})`
export const constantOf = (value: number): string => `the constant ${value}`

const TYPE_SECTION = 1
const IMPORT_SECTION = 2
const FUNCTION_SECTION = 3
const GLOBAL_SECTION = 6
const EXPORT_SECTION = 7
const FUNCTION_KIND = 0
const MEMORY_KIND = 2
const GLOBAL_KIND = 3
const I32_CONST = 0x41
const I64_CONST = 0x42
const F32_CONST = 0x43

/** Reads the interface out of a valid module: the engine tells names, but neither types nor values. */
export function moduleInterface(bytes: Uint8Array): ModuleInterface {
  const types: string[] = []
  const functions: string[] = []
  const globals: string[] = []
  const imports = new Map<string, string>()
  const exports = new Map<string, string>()
  const reader = new ByteReader(bytes, 8)
  const readSection: Readonly<Record<number, () => void>> = {
    [TYPE_SECTION]: () => types.push(readSignature(reader)),
    [IMPORT_SECTION]: () => {
      const name = `${reader.name()}.${reader.name()}`
      const imported = readImport(reader, types)
      imports.set(name, imported)
      if (imported !== MEMORY) functions.push(imported)
    },
    [FUNCTION_SECTION]: () => functions.push(functionOf(types[reader.unsigned()]!)),
    [GLOBAL_SECTION]: () => globals.push(readGlobal(reader)),
    [EXPORT_SECTION]: () => {
      const name = reader.name()
      const kind = reader.byte()
      const index = reader.unsigned()
      if (kind === FUNCTION_KIND) exports.set(name, functions[index]!)
      else if (kind === GLOBAL_KIND) exports.set(name, globals[index]!)
      else exports.set(name, kind === MEMORY_KIND ? MEMORY : 'a table')
    },
  }
  while (!reader.isAtEnd) {
    const read = readSection[reader.byte()]
    const end = reader.unsigned() + reader.at
    if (read) for (let left = reader.unsigned(); left > 0; left--) read()
    reader.at = end
  }
  return { imports, exports }
}

function readSignature(reader: ByteReader): string {
  reader.byte()
  const [parameters, results] = [readTypes(reader), readTypes(reader)]
  return [...parameters, '->', ...results].join(' ')
}

const readTypes = (reader: ByteReader): readonly string[] =>
  Array.from({ length: reader.unsigned() }, () => typeOfCode(reader.byte()))

function readImport(reader: ByteReader, types: readonly string[]): string {
  const kind = reader.byte()
  if (kind === FUNCTION_KIND) return functionOf(types[reader.unsigned()]!)
  const hasMaximum = reader.byte() & 1
  for (let limits = hasMaximum + 1; limits > 0; limits--) reader.unsigned()
  return MEMORY
}

function readGlobal(reader: ByteReader): string {
  reader.byte()
  const isMutable = reader.byte() === 1
  const opcode = reader.byte()
  const value = opcode === I32_CONST ? reader.signed32() : skipConstant(reader, opcode)
  reader.byte()
  return isMutable || value === undefined ? 'a variable' : constantOf(value)
}

function skipConstant(reader: ByteReader, opcode: number): undefined {
  if (opcode === I64_CONST) while (reader.byte() >= 0x80);
  else reader.at += opcode === F32_CONST ? 4 : 8
}
