import { unresolvedInputs } from '../../planner/plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Engine } from '../engine/engine.js'
import { collectRows } from './actions.js'

/** The files that the sources of a relation read, each once, in the order of their names. */
export async function inputFilesOf(engine: Engine, plan: UnresolvedRelation): Promise<string[]> {
  const [first, ...others] = sourcesOf(plan).map(filesOf)
  if (!first) return []
  const all: UnresolvedRelation =
    others.length === 0 ? first : { kind: 'setOperation', operation: 'union', all: true, inputs: [first, ...others] }
  const rows = await collectRows<{ readonly file: string }>(engine, { kind: 'distinct', input: all })
  return rows
    .map(({ file }) => file)
    .filter((file) => file !== '')
    .toSorted()
}

const sourcesOf = (plan: UnresolvedRelation): readonly UnresolvedRelation[] =>
  plan.kind === 'dataSource' && !plan.streaming ? [plan] : unresolvedInputs(plan).flatMap(sourcesOf)

const filesOf = (input: UnresolvedRelation): UnresolvedRelation => ({
  kind: 'project',
  input,
  expressions: [{ kind: 'alias', name: 'file', child: { kind: 'function', name: 'input_file_name', args: [] } }],
})
