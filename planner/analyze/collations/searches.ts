import { type Collation, collationLevels } from '../../../columnar/collation.js'
import { BOOLEAN, type DataType, INT, STRING, sameType } from '../../../columnar/types.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { buildCase } from '../functions/conditional.js'
import { type CallSite, kernelCall } from '../functions/definition.js'
import { expectType } from '../types/coercion.js'
import { collationOfCall, isUnsearchable, notBuilt, ofCommon, unaccepted } from './call-collation.js'
import { type Common, commonCollation, harmonized } from './harmony.js'
import { uncollated } from './retyped.js'
import { assertKnown, type Collating } from './uses.js'

/* Functions that search for texts in others which have collations. */

const ONE = literal(INT, 1)
const MAX_INT = 2 ** 31 - 1

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

/** The same as where blanks count. */
const asElsewhere: NonNullable<Search['besideBlanks']> = (args, search) => search(args)

/**
 * A function that searches for texts in others. Where accents do not count but case does, nothing is searched for, as in Spark.
 * @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, UNSUPPORTED_FEATURE
 */
const searching =
  ({ routine, result, order, more = [], defaults = [], besideBlanks }: Search): Collating =>
  (definition, args, site) => {
    const common = ofFirst(order ? order(args, site) : args, site)
    const alike = harmonized(args, site, true)
    const collation = collationOfCall(alike)
    if (isUnsearchable(collation)) throw unaccepted(alike, site)
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

/** Which ends of a text are trimmed, as the host counts them. */
const ENDS = { left: 1, right: 2, both: 3 } as const

/** Where blanks at the end do not count they stay there, and what is before them is trimmed, unless they are among what is trimmed. */
const trimmedBeforeBlanks =
  (textAt: 0 | 1): NonNullable<Search['besideBlanks']> =>
  (args, search, site) => {
    const { origin } = site
    const [text, characters] = [args[textAt]!, args[1 - textAt]!]
    const before = call('rtrim', STRING, [text], { origin })
    const first = call('add', INT, [call('length', INT, [before]), ONE], { origin })
    const blanks = call('substring', STRING, [text, first, literal(INT, MAX_INT)], { origin })
    const kept = call('concat', STRING, [search(args.with(textAt, before)), blanks], { origin })
    const takesBlanks = call('contains', BOOLEAN, [characters, literal(STRING, ' ')], { origin })
    return buildCase([{ when: takesBlanks, value: search(args) }], kept, site)
  }

/** Blanks are trimmed as of any text; characters that are given, before the text or behind it, are searched for. */
export function trimming(ends: keyof typeof ENDS, textAt: 0 | 1 = 1): Collating {
  const ofCharacters = searching({
    routine: 'collated-texts.trim',
    result: STRING,
    more: [INT],
    order: (args) => [args[textAt]!, args[1 - textAt]!, literal(INT, ENDS[ends])],
    besideBlanks: ends === 'left' ? asElsewhere : trimmedBeforeBlanks(textAt),
  })
  return (definition, args, site) => {
    if (args.length > 1) return ofCharacters(definition, args, site)
    const collation = collationOfCall(args)
    if (isUnsearchable(collation)) throw unaccepted(args, site)
    return ofCommon(definition.build(args.map(uncollated), site), commonCollation(args, site))
  }
}

/** What is searched for has no blanks at its end then, nor has a text whose end is asked for. */
const withoutBlanks =
  (...positions: readonly number[]): NonNullable<Search['besideBlanks']> =>
  (args, search, site) => {
    const without = (arg: Expression, i: number): Expression =>
      call('rtrim', STRING, [expectType(arg, STRING, i, site)], { origin: site.origin })
    return search(args.map((arg, i) => (positions.includes(i) ? without(arg, i) : arg)))
  }

const turned = ([part, text, ...rest]: readonly Expression[]): readonly Expression[] => [text!, part!, ...rest]
export const locating = searching({
  routine: 'collated-texts.position',
  result: INT,
  order: turned,
  more: [INT],
  defaults: [ONE],
  besideBlanks: withoutBlanks(0),
})

export const predicate = (routine: keyof typeof ON_KEYS): Collating =>
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

export const amongWords = searching({ routine: 'collated-texts.findInSet', result: INT, besideBlanks: amongTrimmed })

/** A function of a text, a part of it, and a number. */
const ofPart = (routine: string, result: DataType, defaults: readonly Expression[] = []): Collating =>
  searching({ routine, result, defaults, more: [INT], besideBlanks: withoutBlanks(1) })

export const finding = ofPart('collated-texts.position', INT, [ONE])
export const partBefore = ofPart('collated-texts.substringIndex', STRING)
const partAt = ofPart('collated-texts.splitPart', STRING)
export const splitting: Collating = (definition, args, site) => {
  assertKnown(commonCollation(args, site), site)
  return partAt(definition, args, site)
}

/** Texts are replaced by others as where blanks count. */
const replacingBy = (routine: string, defaults: readonly Expression[]): Collating =>
  searching({ routine, result: STRING, more: [STRING], defaults, besideBlanks: asElsewhere })
export const replacing = replacingBy('collated-texts.replace', [literal(STRING, '')])
export const translating = replacingBy('collated-texts.translate', [])

/** Texts are divided by their bytes alone, and where accents do not count but case does not at all, as in Spark. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, UNSUPPORTED_FEATURE */
export const divided: Collating = (definition, args, site) => {
  const common = commonCollation(args, site)
  assertKnown(common, site)
  const alike = harmonized(args, site, true)
  const collation = collationOfCall(alike)
  if (isUnsearchable(collation)) throw unaccepted(alike, site)
  if (collation && (collation.by !== 'bytes' || collation.trims)) throw notBuilt(collation, site)
  return ofCommon(definition.build(alike.map(uncollated), site), common)
}
