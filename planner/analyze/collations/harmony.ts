import { INDETERMINATE } from '../../../columnar/collation.js'
import { collatedString, type DataType, partTypes, quotedTypeName, type StringType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import { collatedAs, collationsIn } from './retyped.js'
import { type Strength, strengthOf } from './strength.js'

/** Whether a type says of a text which collation it has. */
export const saysCollation = (type: DataType): boolean =>
  type.kind === 'string' ? type.collation !== undefined : partTypes(type).some(saysCollation)

/** The place of what has several texts; its SQL is in quotes. */
interface Site {
  readonly sql: string
  readonly origin: Origin | undefined
}

/** Which collation the texts of a call have together. */
export interface Common {
  readonly type: StringType
  readonly strength: Strength
}

/** Texts, and arrays of them. What is within structs and maps keeps its own. */
const textIn = (type: DataType): StringType | undefined =>
  type.kind === 'string' ? type : type.kind === 'array' ? textIn(type.element) : undefined

/**
 * The collation of several texts: the one that COLLATE says, or that columns have; else that of literals. Columns of several have none together.
 * @throws COLLATION_MISMATCH.EXPLICIT
 */
export function commonCollation(
  values: readonly Expression[],
  { origin }: Partial<Pick<Site, 'origin'>>,
): Common | undefined {
  const texts = values.flatMap((value) => {
    const type = textIn(value.type)
    return type ? [{ type, strength: strengthOf(value) }] : []
  })
  if (texts.length === 0) return undefined
  const ofStrength = (strength: Strength): readonly StringType[] => {
    const types = texts.filter((text) => text.strength === strength).map(({ type }) => type)
    const names = types.flatMap(collationsIn)
    return types.filter((_, i) => names.indexOf(names[i]!) === i)
  }
  const explicit = ofStrength('explicit')
  if (explicit.length > 1) {
    const explicitTypes = explicit.map(quotedTypeName).join(', ')
    throw new MillraceError('COLLATION_MISMATCH.EXPLICIT', { explicitTypes }, { origin })
  }
  if (texts.some(({ type }) => type.collation === INDETERMINATE)) return { type: UNKNOWN, strength: 'implicit' }
  if (explicit[0]) return { type: explicit[0], strength: 'explicit' }
  const implicit = ofStrength('implicit')
  if (implicit.length > 1) return { type: UNKNOWN, strength: 'implicit' }
  if (implicit[0]) return { type: implicit[0], strength: 'implicit' }
  return { type: (texts.find(({ type }) => type.collation !== undefined) ?? texts[0]!).type, strength: 'default' }
}

const UNKNOWN = collatedString(INDETERMINATE)

/** @throws INDETERMINATE_COLLATION_IN_EXPRESSION where what is done with them needs a collation, and they have none together */
export function determined(common: Common | undefined, { sql, origin }: Site): void {
  if (common?.type.collation !== INDETERMINATE) return
  throw new MillraceError('INDETERMINATE_COLLATION_IN_EXPRESSION', { expr: sql }, { origin })
}

/** Values whose texts have one collation. @param isCompared whether they need one */
export function harmonized(values: readonly Expression[], site: Site, isCompared: boolean): readonly Expression[] {
  if (!values.some(({ type }) => saysCollation(type))) return values
  const common = commonCollation(values, site)
  if (isCompared) determined(common, site)
  return common
    ? values.map((value) => (textIn(value.type) ? collatedAs(value, common.type.collation) : value))
    : values
}
