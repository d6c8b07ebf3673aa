import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { isGoodFor } from '../compiler/late-literals.js'
import { ModuleCache } from '../compiler/module-cache.js'
import { fingerprintOf } from './codegen/fingerprint.js'
import { numberLiterals } from './codegen/numbered-literals.js'
import { compileStage } from './compile-stage.js'
import type { CompiledStage } from './compiled-stage.js'

/** The code of a stage, and the literals that its query gives it. */
export interface StageCode {
  readonly compiled: CompiledStage
  readonly literals: readonly LiteralValue[]
}

/** How many versions of code of one shape are kept, for literals that it depends on. */
const MOST_VERSIONS = 16

const versionsByShape = new ModuleCache<CompiledStage[]>()
const codeByStage = new WeakMap<Stage, StageCode>()
const spillingByStage = new WeakMap<Stage, StageCode>()

/**
 * The code of a stage: made for it, or for one that differs from it in nothing that the code depends on. Tasks of a stage come with the same
 * object, for which even that is not looked up again.
 */
export function codeOf(stage: Stage, spills: boolean): StageCode {
  const byStage = spills ? spillingByStage : codeByStage
  let code = byStage.get(stage)
  if (!code) {
    code = codeOfShape(stage, spills)
    byStage.set(stage, code)
  }
  return code
}

function codeOfShape(stage: Stage, spills: boolean): StageCode {
  const { part, values, literals } = numberLiterals(stage)
  const shape = `${spills ? 'spilling ' : ''}${fingerprintOf(part)}`
  const versions = versionsByShape.getOrCompile(shape, () => [])
  const known = versions.findIndex(({ answered }) => isGoodFor(answered, values))
  const compiled = known < 0 ? compileStage(part, spills, literals) : versions.splice(known, 1)[0]!
  versions.unshift(compiled)
  if (versions.length > MOST_VERSIONS) versions.pop()
  return { compiled, literals: values }
}
