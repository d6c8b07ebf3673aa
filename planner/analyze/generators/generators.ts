import { BOOLEAN, type DataType, INT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { type ExpressionContext, type GeneratorResolver, resolveArguments, siteOf } from '../expressions.js'
import { checkArity } from '../functions/definition.js'
import { scalarFunction } from '../functions/registry.js'
import { refuseExtras } from '../refuse-extras.js'
import { keepAll } from '../visible.js'
import { generatorCalled } from './registry.js'

/** What a generator adds to a plan. */
interface Generated {
  readonly rows: number
  /** The number of the row among those that one becomes. */
  readonly number: Attribute
  readonly columns: readonly NamedExpression[]
}

/** The generators of a select, a LATERAL VIEW or a call in FROM: each makes several rows of each row, also of those that another one made. */
export class Generators implements GeneratorResolver {
  readonly #nextId: () => ExprId
  readonly #generated: Generated[] = []

  constructor(nextId: () => ExprId) {
    this.#nextId = nextId
  }

  /** @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION, UDTF_ALIAS_NUMBER_MISMATCH, UNSUPPORTED_FEATURE */
  columns(
    e: UnresolvedCall,
    names: readonly string[] | undefined,
    context: ExpressionContext,
  ): readonly NamedExpression[] {
    const generator = generatorCalled(e.name)
    if (!generator) {
      // Raises that it is not built, or unknown.
      scalarFunction(e.name, e.origin)
      throw notGenerator(e)
    }
    refuseExtras(e, 'DISTINCT', 'FILTER CLAUSE', 'NULLS')
    const types = context.types ?? new Map<UnresolvedExpression, DataType>()
    const args = resolveArguments(e.args, { ...context, types, windows: undefined })
    const site = siteOf(e, e.name, types)
    checkArity(generator, args.length, site)
    const { rows, columns } = generator.build(
      args.map(({ expression }) => expression),
      site,
    )
    if (names && names.length !== columns.length) {
      const parameters = { aliasesSize: columns.length, aliasesNames: names.join(',') }
      throw new MillraceError('UDTF_ALIAS_NUMBER_MISMATCH', parameters, { origin: e.origin })
    }
    const number: Attribute = Object.freeze({ id: this.#nextId(), name: 'row', type: INT, nullable: false })
    const computed = columns.map(({ name, cells }, i) => {
      const expression = chosen(reference(number), cells)
      return Object.freeze({ id: this.#nextId(), name: names?.[i] ?? name, expression })
    })
    this.#generated.push({ rows, number, columns: computed })
    return computed.map(({ id, name, expression: { type } }) =>
      Object.freeze({ id, name, expression: reference({ id, name, type, nullable: true }) }),
    )
  }

  /** The rows of a plan with what the generators make of them. */
  attach(plan: LogicalPlan): LogicalPlan {
    return this.#generated.reduce<LogicalPlan>((input, { rows, number, columns }) => {
      const copies = Array.from({ length: rows }, (_, row) => [row])
      const expanded: LogicalPlan = Object.freeze({ kind: 'expand', input, copies, added: [number] })
      const projections = [...keepAll(outputOf(input)), ...columns]
      return Object.freeze({ kind: 'project', input: expanded, projections })
    }, plan)
  }
}

/** The value whose number a row has; what a generator gives may be NULL, whatever it is computed of. */
function chosen(number: Expression, cells: readonly Expression[]): Expression {
  const branches = cells.map((value, row) => ({ when: call('eq', BOOLEAN, [number, literal(INT, row)]), value }))
  return Object.freeze({ kind: 'case', branches, type: cells[0]!.type, nullable: true })
}

function notGenerator({ name, origin }: UnresolvedCall): MillraceError {
  const parameters = { functionName: `\`${name}\``, classCanonicalName: 'a function of one value' }
  return new MillraceError('UNSUPPORTED_GENERATOR.NOT_GENERATOR', parameters, { origin })
}
