import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

const OUTPUT = 'kernels.wasm'

/** Compiles the kernels with other code in one file, whose path is within `root`. Undefined where the compiler refuses it. */
export async function mutatedKernels(root: string, file: string, code: string): Promise<Uint8Array | undefined> {
  const { KERNEL_ARGUMENTS } = (await import(join(root, 'tools/kernels/arguments.mjs'))) as {
    readonly KERNEL_ARGUMENTS: readonly string[]
  }
  let compiled: Uint8Array | undefined
  const read = (name: string): string | null => {
    if (name === file) return code
    try {
      return readFileSync(join(root, name), 'utf8')
    } catch {
      // The compiler asks for a file under each name that an import may mean.
      return null
    }
  }
  // What is slow in code that is optimized less is the optimizing.
  const { error } = await asc.main([...KERNEL_ARGUMENTS, '-O1', '-o', OUTPUT], {
    readFile: read,
    writeFile: (name, contents) => {
      if (name === OUTPUT && typeof contents !== 'string') compiled = contents
    },
    reportDiagnostic: () => {},
  })
  return error === null ? compiled : undefined
}
