import { type Collation, collationCalled, collationLevels, INDETERMINATE } from '../../../columnar/collation.js'
import { withCollation } from '../../../columnar/text-types.js'
import { BOOLEAN, collationOf, type DataType, INT, quotedTypeName, STRING, sameType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { expectType, unexpectedType } from '../coercion.js'
import { buildCase } from '../functions/conditional.js'
import { type CallSite, type FunctionDefinition, kernelCall } from '../functions/definition.js'
import { ARRAY_USES } from './array-uses.js'
import { CASE_USES } from './case-uses.js'
import { type Common, commonCollation, harmonized } from './harmony.js'
import { MAP_USES } from './map-uses.js'
import { retyped, uncollated } from './retyped.js'
import { strengthOf } from './strength.js'

type Build = (definition: FunctionDefinition, args: readonly Expression[], site: CallSite) => Expression

/** The function itself knows collations. */
const itself: Build = (definition, args, site) => definition.build(args, site)

const ofCommon = (made: Expression, common: Common | undefined): Expression =>
  common ? retyped(made, withCollation(made.type, common.type.collation), common.strength) : made

/** Of columns with several collations that of the text counts, unless a text is there that nobody gave one: it would have theirs together. */
function ofText(args: readonly Expression[], common: Common | undefined, site: CallSite): Common | undefined {
  const [text, ...others] = args
  if (common?.type.collation !== INDETERMINATE || text?.type.kind !== 'string') return common
  const isPlain = (arg: Expression): boolean => arg.type.kind === 'string' && strengthOf(arg) === 'default'
  if (!site.name.includes('like') && others.some(isPlain)) throw unaccepted(args, site)
  return { type: text.type, strength: 'implicit' }
}

/** Patterns are known of bytes and of small letters alone. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
const ofPatterns =
  (inAnyCase: (args: readonly Expression[], site: CallSite) => readonly Expression[]): Build =>
  (definition, args, site) => {
    const found = commonCollation(args, site)
    const common = ofText(args, found, site)
    const alike = common === found ? harmonized(args, site, true) : args
    const collation = collationOfCall(alike)
    if (collation && (collation.by === 'icu' || collation.trims)) throw unaccepted(alike, site)
    const plain = alike.map(uncollated)
    return ofCommon(definition.build(collation?.by === 'small letters' ? inAnyCase(plain, site) : plain, site), common)
  }

/** What Spark says of a function that only asks for the collation when it runs. @throws INDETERMINATE_COLLATION */
export function assertKnown(common: Common | undefined, { origin }: CallSite): void {
  if (common?.type.collation === INDETERMINATE) throw new MillraceError('INDETERMINATE_COLLATION', {}, { origin })
}

const withKnown =
  (build: Build): Build =>
  (definition, args, site) => {
    assertKnown(commonCollation(args, site), site)
    return build(definition, args, site)
  }

/** Texts are divided by their bytes alone, and where accents do not count but case does not at all, as in Spark. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, UNSUPPORTED_FEATURE */
const divided: Build = (definition, args, site) => {
  const common = commonCollation(args, site)
  assertKnown(common, site)
  const alike = harmonized(args, site, true)
  const collation = collationOfCall(alike)
  if (collation?.ignoresAccents && !collation.ignoresCase) throw unaccepted(alike, site)
  if (collation && (collation.by !== 'bytes' || collation.trims)) throw notBuilt(collation, site)
  return ofCommon(definition.build(alike.map(uncollated), site), common)
}

/** A pattern of Java that does not look at case. */
const anyCase = ([text, pattern, ...rest]: readonly Expression[]): readonly Expression[] => [
  text!,
  call('concat', STRING, [literal(STRING, '(?iu)'), pattern!]),
  ...rest,
]

/** Texts are divided as their own collation has it; that of the pattern only must not pass over blanks. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
const dividing: Build = (definition, [text, ...rest], site) => {
  if (collationOfCall(rest)?.trims) throw unexpectedType(rest[0]!, quotedTypeName(STRING), 1, site)
  return ofPatterns(anyCase)(definition, [text!, ...rest.map(uncollated)], site)
}

/** Both sides of LIKE without case; an escape character has none. */
const folded = (args: readonly Expression[], site: CallSite): readonly Expression[] =>
  args.map((arg, i) => (site.name === 'like' && i === 2 ? arg : kernelCall('textFoldedLetters', STRING, [arg], site)))

function collationOfCall(args: readonly Expression[]): Collation | undefined {
  const text = args.find(({ type }) => type.kind === 'string')
  return text?.type.kind === 'string' ? collationCalled(collationOf(text.type)) : undefined
}

function unaccepted(args: readonly Expression[], site: CallSite): MillraceError {
  const position = args.findIndex(({ type }) => type.kind === 'string')
  return unexpectedType(args[position]!, quotedTypeName(STRING), position, site)
}

/** The operands of a routine that searches: a text, what is searched for in it, and others of these types. */
interface Search {
  readonly routine: string
  readonly result: DataType
  /** The text and the part among the arguments, where these come in another order. */
  readonly order?: (args: readonly Expression[], site: CallSite) => readonly Expression[]
  readonly more?: readonly DataType[]
  readonly defaults?: readonly Expression[]
  /** What it does where blanks at the end do not count, by what it does where they do; without it that is not built. */
  readonly besideBlanks?: (args: readonly Expression[], search: Searching, site: CallSite) => Expression
}

/** What is made of arguments without collations. */
type Searching = (args: readonly Expression[]) => Expression

/**
 * A function that searches for texts in others. Where accents do not count but case does, nothing is searched for, as in Spark.
 * @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, UNSUPPORTED_FEATURE
 */
const searching =
  ({ routine, result, order, more = [], defaults = [], besideBlanks }: Search): Build =>
  (definition, args, site) => {
    const common = ofFirst(order ? order(args, site) : args, site)
    const alike = harmonized(args, site, true)
    const collation = collationOfCall(alike)
    if (collation?.ignoresAccents && !collation.ignoresCase) throw unaccepted(alike, site)
    if (collation?.trims && !besideBlanks) throw notBuilt(collation, site)
    const search: Searching = (plain) => {
      if (!collation || collation.by === 'bytes') return definition.build(plain, site)
      const ordered = order ? order(plain, site) : plain
      const types = [STRING, STRING, ...more]
      const given = types.map((type, i) => {
        const arg = ordered[i]
        return arg ? expectType(arg, type, i, site) : defaults[i - types.length + defaults.length]!
      })
      return searched(routine, result, given, collation, site)
    }
    const plain = alike.map(uncollated)
    return ofCommon(collation?.trims ? besideBlanks!(plain, search, site) : search(plain), common)
  }

/** The common collation, as the text has it that is searched in. */
function ofFirst(args: readonly Expression[], site: CallSite): Common | undefined {
  const common = commonCollation(args, site)
  const type = args[0]?.type
  return common && type?.kind === 'string' && sameType(type, common.type) ? { ...common, type } : common
}

/** What most rows need no host for: of texts without a dotted capital I keys are searched in keys. */
const ON_KEYS = {
  'collated-texts.contains': 'contains',
  'collated-texts.startsWith': 'starts_with',
  'collated-texts.endsWith': 'ends_with',
} as const

function searched(
  routine: string,
  result: DataType,
  args: readonly Expression[],
  collation: Collation,
  site: CallSite,
): Expression {
  const name = literal(STRING, collation.by === 'small letters' ? 'UTF8_LCASE' : collationLevels(collation))
  const raises = routine === 'collated-texts.splitPart' ? ({ raises: true } as const) : {}
  const run = { by: 'host', name: routine, label: site.name, ...raises } as const
  const byHost = routineCall(run, result, [...args, name], site.origin)
  if (collation.by === 'icu' || !Object.hasOwn(ON_KEYS, routine)) return byHost
  const keys = args.map((arg) => kernelCall('textSmallLetters', STRING, [arg], site))
  const isOdd = call('contains', BOOLEAN, [args[0]!, literal(STRING, '\u0130')])
  const onKeys = call(ON_KEYS[routine as keyof typeof ON_KEYS], BOOLEAN, keys, { origin: site.origin })
  return buildCase([{ when: isOdd, value: byHost }], onKeys, site)
}

const notBuilt = ({ name }: Collation, site: CallSite): MillraceError =>
  new MillraceError(
    'UNSUPPORTED_FEATURE',
    { feature: `${site.name} of texts of the collation ${name}` },
    { origin: site.origin },
  )

const SIDES: Readonly<Record<string, number>> = { ltrim: 1, rtrim: 2, trim: 3, btrim: 3 }

/** Where blanks at the end do not count they stay there, and what is before them is trimmed, unless they are among what is trimmed. */
function trimmedBeforeBlanks(args: readonly Expression[], search: Searching, site: CallSite): Expression {
  const { name, origin } = site
  if (name === 'ltrim') return search(args)
  const at = name === 'btrim' ? 0 : 1
  const [text, characters] = [args[at]!, args[1 - at]!]
  const before = call('rtrim', STRING, [text], { origin })
  const first = call('add', INT, [call('length', INT, [before]), ONE], { origin })
  const blanks = call('substring', STRING, [text, first, literal(INT, MAX_INT)], { origin })
  const kept = call('concat', STRING, [search(args.with(at, before)), blanks], { origin })
  const takesBlanks = call('contains', BOOLEAN, [characters, literal(STRING, ' ')], { origin })
  return buildCase([{ when: takesBlanks, value: search(args) }], kept, site)
}

/** Blanks are trimmed as of any text; characters that are given are searched for. */
const trimmed: Build = (definition, args, site) => {
  if (args.length > 1)
    return searching({
      routine: 'collated-texts.trim',
      result: STRING,
      more: [INT],
      order: ([a, b]) => [...(site.name === 'btrim' ? [a!, b!] : [b!, a!]), literal(INT, SIDES[site.name]!)],
      besideBlanks: trimmedBeforeBlanks,
    })(definition, args, site)
  const collation = collationOfCall(args)
  if (collation?.ignoresAccents && !collation.ignoresCase) throw unaccepted(args, site)
  return ofCommon(definition.build(args.map(uncollated), site), commonCollation(args, site))
}

const MAX_INT = 2 ** 31 - 1
/** What is searched for has no blanks at its end then, nor has a text whose end is asked for. */
const withoutBlanks =
  (...positions: readonly number[]): NonNullable<Search['besideBlanks']> =>
  (args, search, site) => {
    const without = (arg: Expression, i: number): Expression =>
      call('rtrim', STRING, [expectType(arg, STRING, i, site)], { origin: site.origin })
    return search(args.map((arg, i) => (positions.includes(i) ? without(arg, i) : arg)))
  }

/** Texts are replaced by others as where blanks count. */
const withBlanks: NonNullable<Search['besideBlanks']> = (args, search) => search(args)

const turned = ([part, text, ...rest]: readonly Expression[]): readonly Expression[] => [text!, part!, ...rest]
const ONE = literal(INT, 1)
const locating = searching({
  routine: 'collated-texts.position',
  result: INT,
  order: turned,
  more: [INT],
  defaults: [ONE],
  besideBlanks: withoutBlanks(0),
})
const predicate = (routine: keyof typeof ON_KEYS): Build =>
  searching({
    routine,
    result: BOOLEAN,
    besideBlanks: routine === 'collated-texts.endsWith' ? withoutBlanks(0, 1) : withoutBlanks(1),
  })
/** A word and those of a list, each without blanks at its end. */
function amongTrimmed([word, list]: readonly Expression[], search: Searching, site: CallSite): Expression {
  const run = { by: 'host', name: 'collated-texts.trimmedWords', label: site.name } as const
  const words = routineCall(run, STRING, [list!], site.origin)
  return search([call('rtrim', STRING, [word!], { origin: site.origin }), words])
}

const OF_PART = { more: [INT], besideBlanks: withoutBlanks(1) } as const

/** What functions do that have a meaning of their own for collations. */
export const OWN_USES: Readonly<Record<string, Build>> = {
  ...ARRAY_USES,
  ...CASE_USES,
  ...MAP_USES,
  collate: itself,
  collation: itself,
  contains: predicate('collated-texts.contains'),
  startswith: predicate('collated-texts.startsWith'),
  endswith: predicate('collated-texts.endsWith'),
  instr: searching({ routine: 'collated-texts.position', result: INT, defaults: [ONE], ...OF_PART }),
  locate: locating,
  position: locating,
  replace: searching({
    routine: 'collated-texts.replace',
    result: STRING,
    more: [STRING],
    defaults: [literal(STRING, '')],
    besideBlanks: withBlanks,
  }),
  substring_index: searching({ routine: 'collated-texts.substringIndex', result: STRING, ...OF_PART }),
  split_part: withKnown(searching({ routine: 'collated-texts.splitPart', result: STRING, ...OF_PART })),
  find_in_set: searching({ routine: 'collated-texts.findInSet', result: INT, besideBlanks: amongTrimmed }),
  translate: searching({
    routine: 'collated-texts.translate',
    result: STRING,
    more: [STRING],
    besideBlanks: withBlanks,
  }),
  str_to_map: divided,
  trim: trimmed,
  ltrim: trimmed,
  rtrim: trimmed,
  btrim: trimmed,
  like: ofPatterns(folded),
  ilike: ofPatterns((args) => args),
  'like any': ofPatterns(folded),
  'like all': ofPatterns(folded),
  'not like any': ofPatterns(folded),
  'not like all': ofPatterns(folded),
  rlike: ofPatterns(anyCase),
  regexp: ofPatterns(anyCase),
  regexp_like: ofPatterns(anyCase),
  regexp_count: ofPatterns(anyCase),
  regexp_instr: ofPatterns(anyCase),
  regexp_substr: ofPatterns(anyCase),
  regexp_extract: ofPatterns(anyCase),
  regexp_extract_all: ofPatterns(anyCase),
  regexp_replace: ofPatterns(anyCase),
  split: dividing,
}
