import { readFileSync } from 'node:fs'
import binaryen from 'assemblyscript/binaryen'
import { ownFile } from '../../common/own-files.js'
import { useKernelsModule } from '../../executor/kernels/load-kernels.js'
import { loadRoutines } from '../../executor/routines/index.js'
import { someNode } from '../../planner/plan/expression/transform.js'
import type { LogicalProject } from '../../planner/plan/logical/plan.js'
import { CallCounter } from './calls-counted.js'
import type { Cell } from './cells.js'
import type { Outcome } from './evaluate.js'

/** Passes that make loops of instructions take modules of one memory with addresses of 32 bits alone. */
const FEATURES = binaryen.Features.All & ~binaryen.Features.Memory64 & ~binaryen.Features.MultiMemory

/** Code that tells `log_execution` of an imported module of each beginning of a function or a loop; bytes are copied and filled by loops. */
function counting(bytes: Uint8Array, imported: 'env' | 'kernels'): Uint8Array<ArrayBuffer> {
  const module = binaryen.readBinaryWithFeatures(bytes, FEATURES)
  binaryen.setPassArgument('log-execution', imported)
  module.runPasses(['llvm-memory-copy-fill-lowering', 'log-execution'])
  const made = module.emitBinary()
  module.dispose()
  return new Uint8Array(made)
}

export interface Work {
  /** Beginnings of functions and loops of generated code and of kernels, and of blocks of routines in JavaScript. */
  readonly steps: number
  readonly outcome: Outcome
}

type Evaluation = Pick<typeof import('./evaluate.js'), 'counted'> & typeof import('./evaluate-sql.js')

/** Counts what an expression does for a row: neither the clock nor other processes change that. */
export class WorkCounter {
  readonly #blocks: CallCounter
  readonly #evaluation: Evaluation

  private constructor(blocks: CallCounter, evaluation: Evaluation) {
    this.#blocks = blocks
    this.#evaluation = evaluation
  }

  /** Before anything of the process runs kernels. */
  static async start(): Promise<WorkCounter> {
    const blocks = await CallCounter.start('blocks')
    const kernels = readFileSync(new URL(ownFile('executor/kernels/kernels.wasm')))
    useKernelsModule(new WebAssembly.Module(counting(kernels, 'env')))
    return new WorkCounter(blocks, { ...(await import('./evaluate.js')), ...(await import('./evaluate-sql.js')) })
  }

  async workOf(plan: LogicalProject, row: readonly Cell[]): Promise<Work> {
    await loadRoutines(hostRoutines(plan))
    const { counted, evaluateProjection } = this.#evaluation
    counted.steps = 0
    let outcome: Outcome | undefined
    const run = (): void => {
      outcome = evaluateProjection(plan, [row], { rewritten: (bytes) => counting(bytes, 'kernels') })[0]
    }
    const blocks = await this.#blocks.callsOf(run, (url) => url.includes('/dist/executor/routines/'))
    return { steps: counted.steps + blocks, outcome: outcome! }
  }

  stop(): void {
    this.#blocks.stop()
  }
}

function hostRoutines(plan: LogicalProject): readonly string[] {
  const names = new Set<string>()
  someNode(plan.projections[0]!.expression, (e) => {
    if (e.kind === 'call' && e.routine?.by === 'host') names.add(e.routine.name)
    return false
  })
  return [...names]
}
