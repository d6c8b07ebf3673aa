import { type Collation, collationCalled } from '../../../columnar/collation.js'
import { collationOf, STRING } from '../../../columnar/types.js'
import { literal, routineCall } from '../../plan/expression/build.js'
import { expectType } from '../types/coercion.js'
import { ofCommon } from './call-collation.js'
import { commonCollation } from './harmony.js'
import { uncollated } from './retyped.js'
import type { Collating } from './uses.js'

/* Capital and small letters of texts that have collations of ICU: as their language has them. */

/** Languages, among those that are built, which have letters of their own in another case. */
const OWN_LETTERS: ReadonlySet<string> = new Set(['tr', 'lt'])

const languageOf = ({ locale }: Collation): string => (locale === 'root' ? 'und' : locale.split('_')[0]!)

const cased =
  (routine: string, isOfHost: (collation: Collation) => boolean): Collating =>
  (definition, args, site) => {
    const common = commonCollation(args, site)
    const plain = args.map(uncollated)
    const [text] = args
    const collation =
      args.length === 1 && text!.type.kind === 'string' ? collationCalled(collationOf(text!.type)) : undefined
    if (collation?.by !== 'icu' || !isOfHost(collation)) return ofCommon(definition.build(plain, site), common)
    const run = { by: 'host', name: routine, label: site.name, raises: true } as const
    const operands = [expectType(plain[0]!, STRING, 0, site), literal(STRING, languageOf(collation))]
    return ofCommon(routineCall(run, STRING, operands, site.origin), common)
  }

const hasOwnLetters = (collation: Collation): boolean => OWN_LETTERS.has(languageOf(collation))
export const upperCased = cased('letter-case.upper', hasOwnLetters)
export const lowerCased = cased('letter-case.lower', hasOwnLetters)
export const initialsCased = cased('letter-case.initcap', () => true)
