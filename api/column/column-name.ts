import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { tagOf } from '../../planner/plan/unresolved/frame-tags.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

type NameOrStar = Extract<UnresolvedExpression, { kind: 'attribute' | 'star' }>

/** A part of a name: in backquotes, where two stand for one, or up to the next dot. */
const PART = /`((?:[^`]|``)+)`(?=\.|$)|([^.`]+)(?=\.|$)/y

/**
 * What a column's name means: `a`, `t.a`, `struct.field`, `*`, `t.*`; a part with dots or stars of its own stands in backquotes.
 * @throws INVALID_ATTRIBUTE_NAME_SYNTAX
 */
export function namedExpression(name: string): NameOrStar {
  const parts = nameParts(name)
  const names = parts.map((part) => part.text)
  const star = parts.findIndex((part) => part.isStar)
  if (star === -1) return { kind: 'attribute', parts: names }
  if (star < parts.length - 1) throw invalid(name)
  return { kind: 'star', target: names.slice(0, -1) }
}

/** The column of a DataFrame of this plan. @throws INVALID_ATTRIBUTE_NAME_SYNTAX */
export const columnOfPlan = (plan: UnresolvedRelation, name: string): NameOrStar => ({
  ...namedExpression(name),
  of: tagOf(plan),
})

/** A pattern in backquotes, behind the name of a relation or alone. */
const PATTERN = /^(?:(.+)\.)?`([^`]+)`$/s

/** The columns whose names fit a pattern in backquotes; another text is a name. @throws INVALID_ATTRIBUTE_NAME_SYNTAX */
export function columnsFitting(text: string): UnresolvedExpression {
  const [, relation, matching] = PATTERN.exec(text) ?? []
  if (matching === undefined) return namedExpression(text)
  return { kind: 'star', target: relation === undefined ? [] : tableName(relation), matching }
}

/** The parts of a table's name. @throws INVALID_ATTRIBUTE_NAME_SYNTAX */
export function tableName(name: string): readonly string[] {
  const parts = nameParts(name)
  if (parts.some((part) => part.isStar)) throw invalid(name)
  return parts.map((part) => part.text)
}

interface NamePart {
  readonly text: string
  /** A star without quotes. */
  readonly isStar: boolean
}

function nameParts(name: string): readonly NamePart[] {
  const parts: NamePart[] = []
  for (let at = 0; at <= name.length; at = PART.lastIndex + 1) {
    PART.lastIndex = at
    const match = PART.exec(name)
    if (!match) throw invalid(name)
    parts.push({ text: match[1]?.replaceAll('``', '`') ?? match[2]!, isStar: match[2] === '*' })
  }
  return parts
}

const invalid = (name: string): MillraceError => new MillraceError('INVALID_ATTRIBUTE_NAME_SYNTAX', { name })
