import type { ExprId } from '../plan/expression/expression.js'

/** Hands out ids of columns; one per session. */
export type IdGenerator = () => ExprId
