import { INDETERMINATE } from '../../../columnar/collation.js'
import { quotedTypeName, STRING } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { type CallSite, kernelCall } from '../functions/definition.js'
import { unexpectedType } from '../types/coercion.js'
import { collationOfCall, ofCommon, unaccepted } from './call-collation.js'
import { type Common, commonCollation, harmonized } from './harmony.js'
import { uncollated } from './retyped.js'
import { strengthOf } from './strength.js'
import type { Collating } from './uses.js'

/* What patterns of LIKE and of Java do with collations. */

/** Of columns with several collations that of the text counts, unless a text is there that nobody gave one: it would have theirs together. */
function ofText(
  args: readonly Expression[],
  common: Common | undefined,
  isLike: boolean,
  site: CallSite,
): Common | undefined {
  const [text, ...others] = args
  if (common?.type.collation !== INDETERMINATE || text?.type.kind !== 'string') return common
  const isPlain = (arg: Expression): boolean => arg.type.kind === 'string' && strengthOf(arg) === 'default'
  if (!isLike && others.some(isPlain)) throw unaccepted(args, site)
  return { type: text.type, strength: 'implicit' }
}

/** Patterns are known of bytes and of small letters alone. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
const ofPatterns =
  (isLike: boolean, inAnyCase: (args: readonly Expression[], site: CallSite) => readonly Expression[]): Collating =>
  (definition, args, site) => {
    const found = commonCollation(args, site)
    const common = ofText(args, found, isLike, site)
    const alike = common === found ? harmonized(args, site, true) : args
    const collation = collationOfCall(alike)
    if (collation && (collation.by === 'icu' || collation.trims)) throw unaccepted(alike, site)
    const plain = alike.map(uncollated)
    return ofCommon(definition.build(collation?.by === 'small letters' ? inAnyCase(plain, site) : plain, site), common)
  }

/** A pattern of Java that does not look at case. */
const anyCase = ([text, pattern, ...rest]: readonly Expression[]): readonly Expression[] => [
  text!,
  call('concat', STRING, [literal(STRING, '(?iu)'), pattern!]),
  ...rest,
]

/** Texts are divided as their own collation has it; that of the pattern only must not pass over blanks. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export const dividing: Collating = (definition, [text, ...rest], site) => {
  if (collationOfCall(rest)?.trims) throw unexpectedType(rest[0]!, quotedTypeName(STRING), 1, site)
  return javaPattern(definition, [text!, ...rest.map(uncollated)], site)
}

/** Both sides of LIKE without case. */
const folded = (args: readonly Expression[], site: CallSite): readonly Expression[] =>
  args.map((arg) => kernelCall('textFoldedLetters', STRING, [arg], site))

/** An escape character has no case. */
export const likePattern = ofPatterns(true, ([text, pattern, ...rest], site) => [
  ...folded([text!, pattern!], site),
  ...rest,
])
/** One of several patterns, which have no escape character. */
export const likePatterns = ofPatterns(true, folded)
export const likeAnyCase = ofPatterns(true, (args) => args)
export const javaPattern = ofPatterns(false, anyCase)
