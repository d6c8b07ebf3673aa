import { MillraceError } from '../../../common/errors/millrace-error.js'
import { reference } from '../../plan/expression/build.js'
import type { Expression, NamedExpression } from '../../plan/expression/expression.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext, GeneratorResolver } from '../expression-context.js'
import { withAliases } from '../names/aliases.js'
import { nameKey } from '../names/names.js'
import { getField, lookUp } from '../names/scope.js'
import { isFreeName } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { generatorOf, misplacedGenerator } from './misplaced.js'

/** A generator in a select list, and the names behind it. */
interface Generating {
  readonly member: UnresolvedExpression
  readonly call: UnresolvedCall
  readonly names: readonly string[] | undefined
}

type Resolve = (e: UnresolvedExpression, context: ExpressionContext) => Expression

/**
 * The generators of a select list, each resolved after those whose columns its arguments name; above groups its arguments may name other members
 * of the list, too.
 */
export class GeneratedList {
  readonly #list: readonly UnresolvedExpression[]
  readonly #context: ExpressionContext
  readonly #resolve: Resolve
  readonly #all: readonly Generating[]
  readonly #columns = new Map<UnresolvedExpression, readonly NamedExpression[]>()
  /** Those whose arguments are being resolved: one that names its own columns names nothing. */
  readonly #open = new Set<UnresolvedExpression>()

  /** @throws UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS, UNSUPPORTED_GENERATOR.MULTI_GENERATOR */
  constructor(list: readonly UnresolvedExpression[], context: ExpressionContext, resolve: Resolve) {
    this.#list = list
    this.#context = context
    this.#resolve = resolve
    this.#all = list.flatMap((member): readonly Generating[] => {
      const call = generatorOf(member)
      if (!call) return []
      const names = member.kind === 'alias' ? [member.name] : member.kind === 'aliases' ? member.names : undefined
      return [{ member, call, names }]
    })
    if (this.#all.length < 2 || !context.generators?.isOverGroups) return
    const generators = this.#all.map(({ call }) => `"${unresolvedText(call)}"`).join(', ')
    throw new MillraceError('UNSUPPORTED_GENERATOR.MULTI_GENERATOR', { num: this.#all.length, generators })
  }

  /** The columns of each member that is a generator. */
  columns(): ReadonlyMap<UnresolvedExpression, readonly NamedExpression[]> {
    for (const one of this.#all) this.#columnsOf(one)
    return this.#columns
  }

  #columnsOf(one: Generating): readonly NamedExpression[] {
    const known = this.#columns.get(one.member)
    if (known) return known
    const { generators } = this.#context
    if (!generators) throw misplacedGenerator(one.call, this.#context)
    this.#open.add(one.member)
    const columns = this.#made(one, generators)
    this.#open.delete(one.member)
    this.#columns.set(one.member, columns)
    return columns
  }

  #made({ call, names }: Generating, generators: GeneratorResolver): readonly NamedExpression[] {
    return generators.columns(
      call,
      names,
      withAliases(this.#context, (e) => this.#named(e)),
    )
  }

  /** What a name means that no column has. */
  #named(e: UnresolvedExpression): Expression | undefined {
    if (!isFreeName(e) || lookUp(this.#context.scope, e)) return undefined
    const name = nameKey(e.parts[0]!)
    const base = this.#generated(name) ?? this.#member(name)
    return base && e.parts.slice(1).reduce((value, part) => getField(value, part, e.origin), base)
  }

  #generated(name: string): Expression | undefined {
    const isCalled = (names: readonly string[] = []): boolean => names.some((one) => nameKey(one) === name)
    const one = this.#all.find(({ member, names }) => !this.#open.has(member) && isCalled(names))
    const column = one && this.#columnsOf(one).find((made) => nameKey(made.name) === name)
    return column && reference(attributeOf(column))
  }

  #member(name: string): Expression | undefined {
    if (!this.#context.generators?.isOverGroups) return undefined
    const member = this.#list.find((e) => e.kind === 'alias' && nameKey(e.name) === name && !generatorOf(e))
    return member && this.#resolve(member, this.#context)
  }
}
