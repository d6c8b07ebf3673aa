import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../../common/digest.js'
import { KERNELS_DIGEST } from '../../executor/kernels/interface/generated.js'
import { kernelMutationsOf } from './kernel-mutations.js'
import { mutatedKernels } from './mutated-kernels.js'
import { type Mutation, mutated, mutationsOf } from './mutations.js'

/** What is mutated, by its path from the folder of the repository. */
export interface Target {
  readonly path: string
  readonly code: string
  readonly mutations: readonly Mutation[]
  /** The files that a mutation changes, with what they have then; undefined where a compiler refuses it. */
  planted(mutation: Mutation): Promise<readonly Planted[] | undefined>
}

export interface Planted {
  readonly path: string
  readonly content: string | Uint8Array
}

/** A compiled module. */
export function moduleTarget(root: string, path: string): Target {
  const code = readFileSync(join(root, path), 'utf8')
  const planted = (mutation: Mutation): Promise<readonly Planted[]> =>
    Promise.resolve([{ path, content: mutated(code, mutation) }])
  return { path, code, mutations: mutationsOf(code), planted }
}

const KERNELS = 'dist/executor/kernels/kernels.wasm'
const INTERFACE = 'dist/executor/kernels/interface/generated.js'

/** A file of kernels, which are compiled again for each mutation. */
export function kernelTarget(root: string, path: string): Target {
  const code = readFileSync(join(root, path), 'utf8')
  const planted = async (mutation: Mutation): Promise<readonly Planted[] | undefined> => {
    const kernels = await mutatedKernels(root, path, mutated(code, mutation))
    if (kernels === undefined) return undefined
    // Processes refuse kernels that are others than their interface tells.
    const declared = readFileSync(join(root, INTERFACE), 'utf8')
    const content = declared.replace(KERNELS_DIGEST, digestOf(kernels))
    return [
      { path: KERNELS, content: kernels },
      { path: INTERFACE, content },
    ]
  }
  return { path, code, mutations: kernelMutationsOf(code), planted }
}

/** Has something done while files have other content, and puts them back, also when this process is interrupted meanwhile. */
export async function whilePlanted<T>(root: string, planted: readonly Planted[], work: () => Promise<T>): Promise<T> {
  const before = planted.map(({ path }) => ({ path: join(root, path), content: readFileSync(join(root, path)) }))
  const restore = (): void => {
    for (const { path, content } of before) writeFileSync(path, content)
  }
  process.once('exit', restore)
  try {
    for (const { path, content } of planted) writeFileSync(join(root, path), content)
    return await work()
  } finally {
    restore()
    process.off('exit', restore)
  }
}
