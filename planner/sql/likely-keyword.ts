import { editDistance } from '../../common/closest.js'
import type { Token } from './token.js'

/** What begins statements and clauses. */
const BEGINNINGS =
  'ALTER ANALYZE CREATE DESCRIBE DROP EXCEPT EXPLAIN FROM FULL GROUP HAVING INNER INSERT INTERSECT JOIN LATERAL LEFT LIMIT OFFSET ORDER PIVOT QUALIFY RIGHT SELECT SHOW TABLESAMPLE TRUNCATE UNION UNPIVOT VALUES WHERE WINDOW WITH'.split(
    ' ',
  )
/** Shorter words are like too many others. */
const LEAST_LETTERS = 4

/** What to say of a word that nothing is known to begin with, where one letter, or two that changed places, make another of it. */
export function likelyKeyword({ kind, match }: Token): string {
  if (kind !== 'word' || match.length < LEAST_LETTERS || BEGINNINGS.includes(match)) return ''
  const meant = BEGINNINGS.find((word) => editDistance(match, word) === 1 || isSwapped(match, word))
  return meant === undefined ? '' : `${meant} may be meant`
}

/** Whether two letters beside each other have changed places. */
function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i])
  return at >= 0 && b === a.slice(0, at) + (a[at + 1] ?? '') + a[at]! + a.slice(at + 2)
}
