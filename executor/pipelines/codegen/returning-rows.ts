import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import { STATE_RUNS } from '../../kernels/interface/table.js'
import { pushAddressOf, pushSlot } from './consumer.js'

/** Emits what has rows of a state come back from disk before they are looked for in memory (executor/kernels/assembly/state/returning-rows.ts). */
export class ReturningRows {
  readonly #context: CompilerContext
  readonly #state: number
  readonly #isChained: boolean

  /** @param state what the operator keeps, an offset */
  constructor(context: CompilerContext, state: number, isChained: boolean) {
    this.#context = context
    this.#state = state
    this.#isChained = isChained
  }

  /** Asks for the rows with a hash, unless they are in memory or there are none. @param returned emits what is done when some may have come */
  ask(f: FunctionBuilder, hash: Operand, returned?: () => void): void {
    const [context, state] = [this.#context, this.#state]
    pushSlot(context, f, state + STATE_RUNS)
    f.if(() => {
      pushAddressOf(context, f, state).get(hash)
      f.call(context.kernel(this.#isChained ? 'chainMayReturn' : 'stateMayReturn'))
      f.if(() => {
        pushAddressOf(context, f, state).get(hash).call(context.hostFunction('returnRows'))
        returned?.()
      })
    })
  }
}
