import { BIGINT, BOOLEAN, type DataType, INT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext, GeneratorResolver } from '../expression-context.js'
import { resolveArguments, siteOf } from '../expressions.js'
import { checkArity } from '../functions/definition.js'
import { scalarFunction } from '../functions/registry.js'
import { keepAll } from '../names/visible.js'
import { refuseExtras } from '../refuse-extras.js'
import { refuseSqlFunctions } from '../sql-functions/inline.js'
import { castTo } from '../types/coercion.js'
import type { GeneratedElements, GeneratedRows } from './definition.js'
import { generatorCalled, tableGeneratorCalled } from './registry.js'

/** What a generator adds to a plan: columns, and the rows that they are of. */
interface Generated {
  readonly columns: readonly NamedExpression[]
  rowsOf(input: LogicalPlan): LogicalPlan
}

/** The generators of a select, a LATERAL VIEW or a call in FROM: each makes several rows of each row, also of those that another one made. */
export class Generators implements GeneratorResolver {
  readonly #nextId: () => ExprId
  readonly #isInFrom: boolean
  readonly isOverGroups: boolean
  readonly #generated: Generated[] = []

  /**
   * @param isOverGroups whether groups, and functions over windows of them, are computed before, so that a generator may be given what they give
   * @param isInFrom whether it is called in FROM
   */
  constructor(nextId: () => ExprId, isOverGroups = false, isInFrom = false) {
    this.#nextId = nextId
    this.#isInFrom = isInFrom
    this.isOverGroups = isOverGroups
  }

  /** @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION, UDTF_ALIAS_NUMBER_MISMATCH, UNSUPPORTED_FEATURE */
  columns(
    e: UnresolvedCall,
    names: readonly string[] | undefined,
    context: ExpressionContext,
    isOuter = false,
  ): readonly NamedExpression[] {
    const generator = this.#isInFrom ? tableGeneratorCalled(e.name) : generatorCalled(e.name)
    if (!generator) {
      // Raises that it is not built, or unknown.
      scalarFunction(e.name, e.origin)
      throw notGenerator(e)
    }
    for (const arg of e.args) refuseSqlFunctions(arg, 'Generate')
    refuseExtras(e, 'DISTINCT', 'FILTER CLAUSE', 'NULLS')
    const types = context.types ?? new Map<UnresolvedExpression, DataType>()
    const windows = this.isOverGroups ? context.windows : undefined
    const args = resolveArguments(e.args, { ...context, types, windows })
    const site = siteOf(e, e.name, types)
    checkArity(generator, args.length, site)
    const made = generator.build(
      args.map(({ expression }) => expression),
      site,
    )
    const { columns, rowsOf } = made.kind === 'rows' ? this.#copies(made) : this.#elements(made, isOuter)
    if (names && names.length !== columns.length) {
      const parameters = { aliasesSize: columns.length, aliasesNames: names.join(',') }
      throw new MillraceError('UDTF_ALIAS_NUMBER_MISMATCH', parameters, { origin: e.origin })
    }
    const computed = columns.map((column, i) => Object.freeze({ ...column, name: names?.[i] ?? column.name }))
    this.#generated.push({ columns: computed, rowsOf })
    return computed.map(({ id, name, expression: { type, nullable } }) =>
      Object.freeze({ id, name, expression: reference({ id, name, type, nullable }) }),
    )
  }

  /** So many copies of a row. */
  #copies({ rows, columns }: GeneratedRows): Generated {
    const number = this.#number()
    return {
      columns: columns.map(({ name, cells }) =>
        Object.freeze({ id: this.#nextId(), name, expression: chosen(reference(number), cells) }),
      ),
      rowsOf: (input) => {
        const copies = Array.from({ length: rows }, (_, row) => [row])
        return Object.freeze({ kind: 'expand', input, copies, added: [number] })
      },
    }
  }

  /** As many copies of a row as it has elements. */
  #elements(made: GeneratedElements, isOuterView: boolean): Generated {
    const isOuter = made.isOuter || isOuterView
    const number = this.#number()
    const arrays = made.arrays.map((expression) => Object.freeze({ id: this.#nextId(), name: 'array', expression }))
    const computed = arrays.map((named) => reference(attributeOf(named)))
    const size = call('coalesce', INT, [call('size', INT, [computed[0]!]), literal(INT, 0)])
    const times = isOuter ? call('greatest', INT, [size, literal(INT, 1)]) : size
    return {
      columns: made
        .columns(computed, reference(number), isOuter)
        .map(({ name, expression }) => Object.freeze({ id: this.#nextId(), name, expression })),
      rowsOf: (plan) => {
        const projections = [...keepAll(outputOf(plan)), ...arrays]
        const input: LogicalPlan = Object.freeze({ kind: 'project', input: plan, projections })
        return Object.freeze({ kind: 'replicate', input, times: castTo(times, BIGINT), number })
      },
    }
  }

  /** The number of the row among those that one becomes. */
  #number(): Attribute {
    return Object.freeze({ id: this.#nextId(), name: 'row', type: INT, nullable: false })
  }

  /** Whether an expression reads what generators give. */
  isUsedBy(e: Expression): boolean {
    const read = referencesOf(e)
    return this.#generated.some(({ columns }) => columns.some(({ id }) => read.has(id)))
  }

  /** The rows of a plan with what the generators make of them. */
  attach(plan: LogicalPlan): LogicalPlan {
    return this.#generated.reduce<LogicalPlan>((input, { columns, rowsOf }) => {
      const projections = [...keepAll(outputOf(input)), ...columns]
      return Object.freeze({ kind: 'project', input: rowsOf(input), projections })
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
