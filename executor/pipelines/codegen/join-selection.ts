import { mayRaise } from '../../../planner/plan/expression/may-raise.js'
import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../compiler/wasm/types.js'
import type { Consumer, Selection } from './consumer.js'

/** Emits what sets a local by a hash. */
type HashTest = (f: FunctionBuilder, hash: Operand, outcome: Local) => void

/** What a join does with left rows that are selected by the hashes of their keys. */
interface SelectedProbe {
  /** The hash of a row's keys; rows without one go to `isNull`. */
  hash(scope: Scope, isNull: Label): Operand
  /** Whether the filter knows a hash. */
  readonly filter: HashTest
  /** Where the chain of a hash begins, 0 for none. */
  readonly chain: HashTest
  readonly row: Selection['row']
}

/**
 * Where rows without a match are dropped, a row passes when the filter, and then the directory, know the hash of its key; where its chain begins is kept.
 * If that is all the join is for, the tests of what comes next follow.
 */
export function joinSelection(
  { type, leftKeys, isFilter }: PhysicalHashJoin,
  next: Consumer,
  { hash, filter, chain, row }: SelectedProbe,
): { readonly selection?: Selection } {
  if ((type !== 'inner' && type !== 'left_semi') || leftKeys.length === 0 || leftKeys.some(mayRaise)) return {}
  const tested = (scope: Scope, test: HashTest): Local => {
    const { f } = scope
    const outcome = f.local('i32')
    f.i32(0).set(outcome)
    f.block((isNull) => test(f, hash(scope, isNull), outcome))
    return outcome
  }
  const passesFilter: Selection['tests'][number]['push'] = (scope) => {
    scope.f.get(tested(scope, filter))
    return undefined
  }
  const hasChain: Selection['tests'][number]['push'] = (scope) => {
    const first = tested(scope, chain)
    scope.f.get(first).i32(0).op('i32.ne')
    return isFilter ? undefined : first
  }
  if (isFilter) {
    const { tests, row: passed } = next.selection ?? { tests: [], row: (scope, flow) => next.row(scope, flow) }
    return { selection: { tests: [{ push: passesFilter }, { push: hasChain }, ...tests], row: passed } }
  }
  return { selection: { tests: [{ push: passesFilter }, { push: hasChain }], row } }
}
