import { quotedTypeName } from '../../columnar/types.js'
import { storedTuples } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { unresolvedText } from '../../planner/analyze/unresolved-text.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { inPlaceOf } from '../../planner/plan/unresolved/frame-tags.js'
import { unresolvedInputs, withUnresolvedInputs } from '../../planner/plan/unresolved/inputs.js'
import type { PivotValue, UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { RunningQuery } from './engine.js'

type Pivot = Extract<UnresolvedRelation, { kind: 'pivot' }>

/** Finds the values of pivots that name none, by a job over the rows of each, once. */
export class PivotValues {
  readonly #run: (query: UnresolvedRelation) => Promise<RunningQuery>
  readonly #most: () => number
  readonly #found = new WeakMap<Pivot, Promise<readonly PivotValue[]>>()

  /** @param most how many values there may be */
  constructor(run: (query: UnresolvedRelation) => Promise<RunningQuery>, most: () => number) {
    this.#run = run
    this.#most = most
  }

  /** The relation with values in all of its pivots. */
  async fill(relation: UnresolvedRelation): Promise<UnresolvedRelation> {
    if (!hasOpenPivot(relation)) return relation
    const inputs = new Map<UnresolvedRelation, UnresolvedRelation>()
    for (const input of unresolvedInputs(relation)) inputs.set(input, await this.fill(input))
    const filled = withUnresolvedInputs(relation, (input) => inputs.get(input)!)
    if (relation.kind !== 'pivot' || filled.kind !== 'pivot' || relation.values) return filled
    let values = this.#found.get(relation)
    if (!values) {
      values = this.#valuesOf(filled)
      this.#found.set(relation, values)
      // What failed is tried again when it is asked for again.
      values.catch(() => this.#found.delete(relation))
    }
    return inPlaceOf(relation, { ...filled, values: await values })
  }

  /** @throws _LEGACY_ERROR_TEMP_1324 when there are too many */
  async #valuesOf({ input, columns, origin }: Pivot): Promise<readonly PivotValue[]> {
    const most = this.#most()
    const [column] = columns
    const expressions: readonly UnresolvedExpression[] = [{ kind: 'alias', child: column!, name: 'value' }]
    const values: UnresolvedRelation = { kind: 'distinct', input: { kind: 'project', input, expressions } }
    const some: UnresolvedRelation = { kind: 'limit', input: values, limit: most + 1, offset: 0 }
    const orders: readonly UnresolvedExpression[] = [{ kind: 'attribute', parts: ['value'] }]
    const { schema, blocks } = await this.#run({ kind: 'sort', input: some, orders })
    const { type } = schema.fields[0]!
    if (type.kind === 'struct' || type.kind === 'array' || type.kind === 'map') {
      const feature = `pivot without values on a column of type ${quotedTypeName(type)}`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
    }
    const found: PivotValue[] = []
    for await (const block of blocks)
      for (const [value] of storedTuples(schema, block))
        found.push({ cells: [{ kind: 'literal', type, value: value as LiteralValue }] })
    if (found.length <= most) return found
    const parameters = { pivotColumn: unresolvedText(column!), maxValues: most, config: 'pivotMaxValues' }
    throw new MillraceError('_LEGACY_ERROR_TEMP_1324', parameters, { origin })
  }
}

const hasOpenPivot = (relation: UnresolvedRelation): boolean =>
  (relation.kind === 'pivot' && !relation.values) || unresolvedInputs(relation).some(hasOpenPivot)
