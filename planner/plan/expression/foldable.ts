import { onceEach } from '../../../common/once-each.js'
import type { Call, Expression, ExpressionKind } from './expression.js'
import type { Routine } from './routine.js'
import { childrenOf } from './transform.js'

/**
 * Whether an expression gives the same for all rows: it reads no columns, which subqueries, aggregates and windows are in a plan, too, draws nothing and calls
 * no function of the user.
 * What calls a lambda never counts as constant, as in Spark.
 */
export const isFoldable = (e: Expression): boolean =>
  !READS.has(e.kind) && !(e.kind === 'call' && isOfRows(e)) && childrenOf(e).every(isFoldable)

const OF_ROWS: ReadonlySet<Routine['by']> = new Set(['draw', 'window', 'user', 'file'])

/** Whether a call is none of values: it gives something else for each row, or has its rows at once. */
export const isOfRows = ({ routine }: Call): boolean => routine !== undefined && OF_ROWS.has(routine.by)

const READS: ReadonlySet<ExpressionKind> = new Set(['attribute', 'bound', 'variable', 'lambda'])

/** Whether a call gives something else for each row, as `rand`. */
export const isDraw = (e: Expression): e is Call => e.kind === 'call' && e.routine?.by === 'draw'

/** Whether an expression gives something else for each row. */
export const hasDraw = (e: Expression): boolean => isDraw(e) || childrenOf(e).some(hasDraw)

/** The same where the draws in arguments of functions in SQL are columns already. */
export const hasOpenDraw = (e: Expression): boolean =>
  (isDraw(e) && e.routine!.isArgument !== true) || childrenOf(e).some(hasOpenDraw)

/** Whether a call stands for windows of time that analysis makes of a row. */
export const isTimeWindow = (e: Expression): e is Call => e.kind === 'call' && e.routine?.by === 'window'

/** Whether a call is one of a function of the user. */
export const isUserCall = (e: Expression): e is Call => e.kind === 'call' && e.routine?.by === 'user'

/** Whether a call tells of the file of a row, as `input_file_name`. */
export const isOfFile = (e: Expression): e is Call => e.kind === 'call' && e.routine?.by === 'file'

/** Whether an expression calls a function of the user. */
export const hasUserCall: (e: Expression) => boolean = onceEach((e) => isUserCall(e) || childrenOf(e).some(hasUserCall))
