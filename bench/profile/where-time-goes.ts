/** A profile of one thread, as V8's inspector gives it. */
export interface ThreadProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds that each sample stands for. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber?: number }
  readonly children?: readonly number[]
}

/** Something that takes time, and how many microseconds it did. */
export interface Spent {
  readonly kind: 'kernel' | 'generated code' | 'JavaScript' | 'V8'
  readonly name: string
  readonly us: number
}

const WASM_FUNCTION = /^wasm-function\[(\d+)\]$/
const IDLE = '(idle)'
/** What V8 does itself is no function of a file. */
const OWN_OF_V8 = /^\(.+\)$/

/**
 * What threads were busy with, most of it first. What a kernel calls within its module counts as its own; generated code is one line, as the loops of
 * operators are told apart by `explain('analyze')`; JavaScript is told by folder.
 * @param kernelNames of the functions that the module of kernels exports, by their numbers
 */
export function whereTimeGoes(
  profiles: readonly ThreadProfile[],
  kernelNames: ReadonlyMap<number, string>,
): readonly Spent[] {
  const kernels = kernelsUrl(profiles)
  const spent = new Map<string, Spent>()
  for (const profile of profiles) {
    const names = new NodeNames(profile, kernels, kernelNames)
    profile.samples.forEach((id, i) => {
      const what = names.of(id)
      if (what.name === IDLE) return
      const key = `${what.kind} ${what.name}`
      spent.set(key, { ...what, us: (spent.get(key)?.us ?? 0) + profile.timeDeltas[i]! })
    })
  }
  return [...spent.values()].toSorted((a, b) => b.us - a.us)
}

type Named = Pick<Spent, 'kind' | 'name'>

class NodeNames {
  readonly #nodes: ReadonlyMap<number, ProfileNode>
  readonly #parents = new Map<number, number>()
  readonly #kernels: string | undefined
  readonly #kernelNames: ReadonlyMap<number, string>

  constructor({ nodes }: ThreadProfile, kernels: string | undefined, kernelNames: ReadonlyMap<number, string>) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]))
    for (const { id, children = [] } of nodes) for (const child of children) this.#parents.set(child, id)
    this.#kernels = kernels
    this.#kernelNames = kernelNames
  }

  of(id: number): Named {
    const { functionName, url } = this.#nodes.get(id)!.callFrame
    if (url !== '' && url === this.#kernels) return { kind: 'kernel', name: this.#kernelOf(id) }
    if (WASM_FUNCTION.test(functionName)) return { kind: 'generated code', name: 'loops of operators' }
    if (url === '') return { kind: 'V8', name: OWN_OF_V8.test(functionName) ? functionName : `${functionName}()` }
    return { kind: 'JavaScript', name: folderOf(url) }
  }

  /** The kernel that was called: of those that call each other the inner one. */
  #kernelOf(id: number): string {
    for (let at: number | undefined = id; at !== undefined; at = this.#parents.get(at)) {
      const { functionName, url } = this.#nodes.get(at)!.callFrame
      const name = url === this.#kernels ? this.#kernelNames.get(numberOf(functionName)) : undefined
      if (name !== undefined) return name
    }
    return 'other'
  }
}

const numberOf = (functionName: string): number => Number(WASM_FUNCTION.exec(functionName)?.[1] ?? -1)

/** The module with the most functions: generated ones have some dozens. */
function kernelsUrl(profiles: readonly ThreadProfile[]): string | undefined {
  let [most, found]: [number, string | undefined] = [-1, undefined]
  for (const { nodes } of profiles)
    for (const { callFrame } of nodes) {
      const number = numberOf(callFrame.functionName)
      if (number > most) [most, found] = [number, callFrame.url]
    }
  return found
}

/** `executor/pipelines` of a file of ours, or `node` and libraries. */
function folderOf(url: string): string {
  const [, path] = url.split('/dist/')
  if (path !== undefined && !url.includes('/node_modules/')) return path.split('/').slice(0, 2).join('/')
  return url.startsWith('node:') ? 'node' : 'libraries'
}
