import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { hasAggregate, isGroupingFunction } from '../analyze/grouping/of-group.js'
import { findNode } from '../analyze/unresolved-nodes.js'
import { unresolvedText } from '../analyze/unresolved-text.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression, readName, readNamedExpression, readQualifiedName, readWholeName } from './expressions.js'
import { readJoin } from './from.js'
import { endsAt, startsClause } from './keywords.js'
import { readOrderAndLimit } from './order-limit.js'
import { readPivot, readUnpivot } from './reshape.js'
import { readSample } from './sample.js'
import { readSelectOf } from './select.js'
import { readAlias } from './table-reference.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

type Operator = (tokens: TokenStream, input: UnresolvedRelation, start: Token) => UnresolvedRelation

const STAR: UnresolvedExpression = { kind: 'star', target: [] }

/** What a word behind `|>` makes of the relation before it, set operations and joins apart. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  SELECT: readSelectOf,
  WHERE: (tokens, input, start) => {
    tokens.next()
    const condition = readExpression(tokens)
    const origin = tokens.originFrom(start)
    if (!tokens.at('WINDOW') || !startsClause(tokens, 0)) return { kind: 'filter', input, condition, origin }
    throw new MillraceError('NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE', {}, { origin })
  },
  EXTEND: (tokens, input, start) => {
    tokens.next()
    const added = tokens.list(() => withoutAggregate(tokens, readNamedExpression(tokens), 'EXTEND'))
    return { kind: 'project', input, expressions: [STAR, ...added], origin: tokens.originFrom(start) }
  },
  SET: readSet,
  DROP: (tokens, input, start) => {
    tokens.next()
    const except = tokens.list(() => readQualifiedName(tokens, 'expected the name of a column'))
    const rest: UnresolvedExpression = { kind: 'star', target: [], except, origin: tokens.originFrom(start) }
    return { kind: 'project', input, expressions: [rest], origin: tokens.originFrom(start) }
  },
  AS: (tokens, input) => {
    tokens.next()
    return { kind: 'subqueryAlias', input, alias: readWholeName(tokens, 'expected an alias') }
  },
  AGGREGATE: readAggregate,
  ORDER: readOrganized,
  LIMIT: readOrganized,
  OFFSET: readOrganized,
  SORT: readOrganized,
  DISTRIBUTE: readOrganized,
  CLUSTER: readOrganized,
  PIVOT: reshaped(readPivot, readUnpivot),
  UNPIVOT: reshaped(readUnpivot, readPivot),
  TABLESAMPLE: (tokens, input) => readSample(tokens, input),
  WINDOW: (tokens, _, start) => {
    const condition = 'UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS'
    tokens.next()
    throw new MillraceError(condition, { clauses: 'the WINDOW clause' }, { origin: tokens.originFrom(start) })
  },
}

/** Reads the operator behind `|>`, unless it is a set operation. */
export function readPipeOperator(tokens: TokenStream, left: UnresolvedRelation): UnresolvedRelation {
  const input = asGiven(left)
  const start = tokens.peek()
  const joined = readJoin(tokens, input, start)
  if (joined) return joined
  const operator = start.kind === 'word' && Object.hasOwn(OPERATORS, start.match) ? OPERATORS[start.match]! : undefined
  if (!operator) throw tokens.unexpected('expected a pipe operator')
  return operator(tokens, input, start)
}

/** The relation as one whose columns are all there is: nothing behind it reaches what lies below a select list. */
function asGiven(relation: UnresolvedRelation): UnresolvedRelation {
  const isSelect = relation.kind === 'project' || relation.kind === 'aggregate'
  return isSelect ? { kind: 'project', input: relation, expressions: [STAR] } : relation
}

/** @throws PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION, INVALID_USAGE_OF_STAR_OR_REGEX */
function withoutAggregate(
  tokens: TokenStream,
  e: UnresolvedExpression,
  clause: 'EXTEND' | 'SET',
): UnresolvedExpression {
  if (e.kind === 'star') {
    const parameters = { elem: `'${unresolvedText(e)}'`, prettyName: 'expression `pipeexpression`' }
    throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', parameters, { origin: e.origin })
  }
  if (!hasAggregate(e)) return e
  const expr = unresolvedText(e.kind === 'alias' ? e.child : e)
  const origin = e.origin ?? tokens.originFrom(tokens.peek())
  throw new MillraceError('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr, clause }, { origin })
}

/** `SET a = …, b = …`: each sees the columns that those before it have set. */
function readSet(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  tokens.next()
  const assignments = tokens.list(() => {
    const start = tokens.peek()
    const name = readName(tokens, 'expected the name of a column')
    if (tokens.at('.'))
      throw new MillraceError(
        '_LEGACY_ERROR_TEMP_0035',
        { message: KEY_OF_PARTS },
        { origin: tokens.originFrom(start) },
      )
    tokens.expect('=')
    const expression = withoutAggregate(tokens, readExpression(tokens), 'SET')
    return { name, expression, origin: tokens.originFrom(start) }
  })
  return assignments.reduce<UnresolvedRelation>(
    (relation, { name, expression, origin }) => ({
      kind: 'withColumns',
      input: relation,
      columns: [{ name, expression }],
      mustExist: true,
      origin,
    }),
    input,
  )
}

/** `AGGREGATE …[ GROUP BY …]`: the keys come first. */
function readAggregate(tokens: TokenStream, input: UnresolvedRelation, start: Token): UnresolvedRelation {
  tokens.next()
  const aggregates = tokens.at('GROUP', 'BY') || endsAt(tokens, 0) ? [] : tokens.list(() => readNamedExpression(tokens))
  const keys = tokens.accept('GROUP', 'BY') ? readKeys(tokens) : []
  const origin = tokens.originFrom(start)
  if (aggregates.length + keys.length === 0)
    throw new MillraceError('_LEGACY_ERROR_TEMP_0035', { message: NOTHING_TO_AGGREGATE }, { origin })
  for (const e of aggregates) {
    const refused = findNode(e, (part) => part.kind === 'window' || isGroupingFunction(part))
    if (refused) throw unsupportedCase(refused.kind === 'function' ? refused.name.toUpperCase() : WINDOWS, origin)
    if (hasAggregate(e)) continue
    const expr = unresolvedText(e.kind === 'alias' ? e.child : e)
    const condition = 'PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION'
    throw new MillraceError(condition, { expr }, { origin: e.origin })
  }
  const groupBy = keys.map((key) => (key.kind === 'alias' ? key.child : key))
  return { kind: 'aggregate', input, groupBy, ordinalsOfInput: true, output: [...keys, ...aggregates], origin }
}

const KEY_OF_PARTS =
  'SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)'

const NOTHING_TO_AGGREGATE =
  'The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, or both'

const WINDOWS =
  'window functions; please update the query to move the window functions to a subsequent |> SELECT operator instead'

function unsupportedCase(written: string, origin: Origin | undefined): MillraceError {
  const condition = 'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE'
  return new MillraceError(condition, { case: written }, { origin })
}

/** @throws UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE */
function readKeys(tokens: TokenStream): readonly UnresolvedExpression[] {
  const start = tokens.peek()
  const refuse = (written: string): never => {
    throw unsupportedCase(written, tokens.originFrom(start))
  }
  if (tokens.at('ALL') && endsAt(tokens, 1)) refuse('GROUP BY ALL')
  if (tokens.at('ROLLUP', '(')) refuse('GROUP BY ROLLUP')
  if (tokens.at('CUBE', '(')) refuse('GROUP BY CUBE')
  if (tokens.at('GROUPING', 'SETS')) refuse('GROUPING SETS')
  const keys = tokens.list(() => readNamedExpression(tokens))
  const last = keys.at(-1)
  const isAlias = last?.kind === 'alias' && last.name.toUpperCase() === 'GROUPING'
  if (tokens.at('GROUPING', 'SETS') || (isAlias && tokens.at('SETS', '('))) refuse('GROUPING SETS')
  return keys
}

/** As they may follow on each other. */
const ORDERS = ['ORDER BY', 'CLUSTER BY', 'DISTRIBUTE BY', 'SORT BY']
const CLAUSES = [...ORDERS, 'LIMIT', 'OFFSET']

/** The order of rows or how many are given, but not both at once. @throws MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS */
function readOrganized(tokens: TokenStream, input: UnresolvedRelation, start: Token): UnresolvedRelation {
  const clauseAt = (): string | undefined => CLAUSES.find((clause) => tokens.at(...clause.split(' ')))
  const clause1 = clauseAt()
  const isCount = clause1 === 'LIMIT' || clause1 === 'OFFSET'
  const organized = readOrderAndLimit(tokens, input)
  const isMixed = !isCount && organized.kind === 'limit'
  const clause2 = isMixed ? 'LIMIT' : clauseAt()
  if (clause1 === undefined || organized === input) throw tokens.unexpected()
  // An order that cannot follow on the first one is one of the whole query.
  const isOfWhole = ORDERS.includes(clause2 ?? '') && ORDERS.indexOf(clause2!) <= ORDERS.indexOf(clause1)
  if (clause2 === undefined || isOfWhole) return organized
  const condition = 'MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS'
  throw new MillraceError(condition, { clause1, clause2 }, { origin: tokens.originFrom(start) })
}

type Reshape = (tokens: TokenStream, input: UnresolvedRelation) => UnresolvedRelation | undefined

/** @throws NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT where the other one stands directly behind */
function reshaped(read: Reshape, readOther: Reshape): Operator {
  return (tokens, input, start) => {
    const relation = read(tokens, input)
    if (!relation) throw tokens.unexpected()
    if (!readOther(tokens, relation)) return readAlias(tokens, relation)
    const origin = tokens.originFrom(start)
    throw new MillraceError('NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT', {}, { origin })
  }
}
