import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ExplainMode } from '../../planner/explain/explain.js'
import { named } from './named.js'

const MODES: { readonly [M in ExplainMode]: M } = {
  simple: 'simple',
  extended: 'extended',
  codegen: 'codegen',
  cost: 'cost',
  formatted: 'formatted',
  analyze: 'analyze',
}

/** What is to be explained; true and false mean the extended and the simple form. @throws UNSUPPORTED_EXPLAIN_MODE */
export function explainMode(mode: ExplainMode | boolean): ExplainMode {
  if (typeof mode === 'boolean') return mode ? 'extended' : 'simple'
  return named(String(mode), MODES, (supported) => new MillraceError('UNSUPPORTED_EXPLAIN_MODE', { mode, supported }))
}
