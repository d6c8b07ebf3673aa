import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import { onceEach } from '../../../common/once-each.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { isSqlFunction, type SqlFunction, type WrittenFunction } from '../../plan/unresolved/sql-function.js'
import { isBuiltIn, parametersOf } from '../functions/registry.js'
import { isSubquery, someNode, withOperands } from '../unresolved-nodes.js'
import { hasNamedArguments, inOrder } from './named-arguments.js'

/** What names of functions mean. */
export interface SqlFunctionLookUp {
  /** The function in SQL, or of the user's program, of a name, as its parts are written; undefined when there is none. */
  sqlFunction(path: readonly string[]): WrittenFunction | undefined
  /** Whether a function in SQL is meant before the one of the engine that has this name, too; absent where none ever is. */
  readonly hidesBuiltIn?: ((name: string) => boolean) | undefined
}

const pathOf = ({ name, path }: UnresolvedCall): readonly string[] => path ?? [name]

/** Whether a call may be one of a function in SQL; those of the engine come first, unless the names say otherwise. */
const mayBeWritten = (e: UnresolvedExpression, { hidesBuiltIn }: Hiding): e is UnresolvedCall =>
  e.kind === 'function' &&
  !e.written &&
  (e.path ? e.name === e.path.join('.').toLowerCase() : !isBuiltIn(e.name) || hidesBuiltIn?.(e.name) === true)

type Hiding = Pick<SqlFunctionLookUp, 'hidesBuiltIn'>

const isOpen = (e: UnresolvedExpression, names: Hiding): boolean =>
  someNode(
    e,
    (node) =>
      isSubquery(node) ||
      node.kind === 'namedArgument' ||
      mayBeWritten(node, names) ||
      (node.kind === 'window' && mayBeWritten(node.function, names)),
  )

/** The same where nothing is hidden: known from then on, as a query that is run is looked through twice, and often run again. */
const isOpenAnywhere: (e: UnresolvedExpression) => boolean = onceEach((e) => isOpen(e, {}))

/** An expression with what the functions that it calls mean, and with the queries of its subqueries replaced; the same object when it has neither. */
export function inlineExpression(
  e: UnresolvedExpression,
  names: SqlFunctionLookUp,
  inlineQuery: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedExpression {
  if (!(names.hidesBuiltIn ? isOpen(e, names) : isOpenAnywhere(e))) return e
  const over = withOperands(e, (operand) => inlineExpression(operand, names, inlineQuery))
  if (isSubquery(over)) return { ...over, query: inlineQuery(over.query) }
  if (over.kind === 'window' && mayBeWritten(over.function, names)) {
    const written = names.sqlFunction(pathOf(over.function))
    if (written?.kind === 'userAggregate') return { ...over, function: calling(over.function, written) }
    if (written) throw unsupportedUsage(written, 'Window', over.origin)
  }
  if (over.kind === 'function' && !mayBeWritten(over, names)) return withArgumentsInOrder(over)
  if (!mayBeWritten(over, names)) return over
  const written = names.sqlFunction(pathOf(over))
  return written ? calling(over, written) : over
}

/** The call of a function of the engine, its arguments in the order of its parameters. @throws NAMED_PARAMETERS_NOT_SUPPORTED */
function withArgumentsInOrder(e: UnresolvedCall): UnresolvedCall {
  if (e.written || !hasNamedArguments(e.args)) return e
  const routineName = quotedName(e.name)
  const { origin } = e
  const parameters = parametersOf(e.name)
  // Whoever resolves the call refuses it.
  if (parameters === 'unknown') return e
  if (!parameters) throw new MillraceError('NAMED_PARAMETERS_NOT_SUPPORTED', { functionName: routineName }, { origin })
  return { ...e, args: inOrder(e.args, { routineName, parameters, origin }) }
}

function calling(e: UnresolvedCall, written: WrittenFunction): UnresolvedCall {
  const text = written.name.join('.')
  // A temporary function may have the name of one of the engine, from which it is to be told.
  const name = isBuiltIn(text) ? `session.${text}` : text
  return { ...e, name, written, args: argumentsFor(written, e) }
}

/** Arguments of a function of the program have no names. @throws NAMED_PARAMETERS_NOT_SUPPORTED */
function argumentsFor(
  written: WrittenFunction,
  { args, origin }: { readonly args: UnresolvedCall['args']; readonly origin?: Origin },
): UnresolvedCall['args'] {
  if (isSqlFunction(written)) return boundArguments(args, written, origin)
  if (!hasNamedArguments(args)) return args
  throw new MillraceError('NAMED_PARAMETERS_NOT_SUPPORTED', { functionName: quotedPath(written.name) }, { origin })
}

/** A call in FROM with what it means. */
export function inlineTableCall(
  call: Extract<UnresolvedRelation, { kind: 'tableFunction' }>,
  names: SqlFunctionLookUp,
): UnresolvedRelation {
  if (call.written) return call
  const [name = '', ...more] = call.name.map((part) => part.toLowerCase())
  if (more.length === 0 && isBuiltIn(name) && !names.hidesBuiltIn?.(name)) {
    const { args, origin } = call
    const { args: inOrder } = withArgumentsInOrder({ kind: 'function', name, args, ...(origin ? { origin } : {}) })
    return inOrder === args ? call : { ...call, args: inOrder }
  }
  const written = names.sqlFunction(call.name)
  if (!written) return call
  if (written.kind === 'user' || written.kind === 'userAggregate')
    throw new MillraceError('NOT_A_TABLE_FUNCTION', { functionName: quotedPath(written.name) }, { origin: call.origin })
  return { ...call, written, args: argumentsFor(written, call) }
}

/** Arguments in the order of the parameters; those left out at the end have their defaults. @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION */
function boundArguments(
  args: readonly UnresolvedExpression[],
  { name, parameters }: SqlFunction,
  origin: Origin | undefined,
): readonly UnresolvedExpression[] {
  const routineName = quotedPath(name)
  const bound = inOrder(args, { routineName, parameters, origin })
  if (bound.length <= parameters.length && parameters.slice(bound.length).every(({ byDefault }) => byDefault))
    return bound
  const counts = { functionName: routineName, expectedNum: parameters.length, actualNum: args.length }
  throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', counts, { origin })
}

/** The function in SQL that an expression calls where none may stand. @throws UNSUPPORTED_SQL_UDF_USAGE */
export function refuseSqlFunctions(e: UnresolvedExpression, nodeName: string): void {
  someNode(e, (node) => {
    if (node.kind === 'function' && node.written && isSqlFunction(node.written))
      throw unsupportedUsage(node.written, nodeName, node.origin)
    return false
  })
}

const unsupportedUsage = ({ name }: WrittenFunction, nodeName: string, origin: Origin | undefined): MillraceError =>
  new MillraceError('UNSUPPORTED_SQL_UDF_USAGE', { functionName: quotedPath(name), nodeName }, { origin })
