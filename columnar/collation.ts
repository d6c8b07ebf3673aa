import { COLLATION_LOCALES } from './collation-locales.js'

/** How texts are compared: by their bytes, by these in small letters, or as ICU does it for a language. */
export interface Collation {
  /** As Spark writes it: `UTF8_LCASE`, `de_CI_AI`. */
  readonly name: string
  readonly by: 'bytes' | 'small letters' | 'icu'
  /** Of ICU, `root` where no language is meant. */
  readonly locale: string
  readonly ignoresCase: boolean
  readonly ignoresAccents: boolean
  /** Whether blanks at the end do not count. */
  readonly trims: boolean
}

export const UTF8_BINARY = 'UTF8_BINARY'

/** The name, as Spark prints it, of a collation that there is none of: that of a text made of texts of several. */
export const INDETERMINATE = 'null'

const UTF8_ROOTS = ['UTF8_BINARY', 'UTF8_LCASE'] as const
const ICU_ROOTS = ['UNICODE', ...COLLATION_LOCALES.map(({ name }) => name)]
const ROOTS = [...UTF8_ROOTS, ...ICU_ROOTS]
const ICU_MODIFIERS = ['_CI', '_CS', '_AI', '_AS', '_RTRIM']
const UTF8_MODIFIERS = ['_RTRIM']

/** The collation of a name, in whatever case, whose parts behind the language may come in any order; undefined where there is none. */
export function collationCalled(written: string): Collation | undefined {
  const { root, modifiers } = parted(written.toUpperCase(), ICU_MODIFIERS)
  const name = ROOTS.find((known) => known.toUpperCase() === root)
  if (name === undefined) return undefined
  const has = (modifier: string): boolean => modifiers.includes(modifier)
  const isRepeated = new Set(modifiers).size < modifiers.length
  if (isRepeated || (has('_CI') && has('_CS')) || (has('_AI') && has('_AS'))) return undefined
  const isUtf8 = (UTF8_ROOTS as readonly string[]).includes(name)
  if (isUtf8 && modifiers.some((modifier) => !UTF8_MODIFIERS.includes(modifier))) return undefined
  const shown = ['_CI', '_AI', '_RTRIM'].filter(has)
  return Object.freeze({
    name: `${name}${shown.join('')}`,
    by: name === UTF8_BINARY ? 'bytes' : isUtf8 ? 'small letters' : 'icu',
    locale: name === 'UNICODE' || isUtf8 ? 'root' : name,
    ignoresCase: has('_CI') || name === 'UTF8_LCASE',
    ignoresAccents: has('_AI'),
    trims: has('_RTRIM'),
  })
}

/** A name without what stands behind the language, which comes apart, in the order in which it stands. */
function parted(
  name: string,
  known: readonly string[],
): { readonly root: string; readonly modifiers: readonly string[] } {
  const last = known.find((modifier) => name.endsWith(modifier))
  if (last === undefined) return { root: name, modifiers: [] }
  const { root, modifiers } = parted(name.slice(0, -last.length), known)
  return { root, modifiers: [...modifiers, last] }
}

/** All that Spark lists, in its order. */
export function collationNames(): readonly string[] {
  const variants = ['', '_AI', '_AI_RTRIM', '_CI', '_CI_AI', '_CI_AI_RTRIM', '_CI_RTRIM', '_RTRIM']
  const ofIcu = ICU_ROOTS.flatMap((root) => variants.map((variant) => `${root}${variant}`))
  return [...UTF8_ROOTS, ...UTF8_ROOTS.map((root) => `${root}_RTRIM`), ...ofIcu]
}

/** Languages in whose order ICU changes nothing, and those whose letters have places of their own (`executor/routines/collation-tailorings-data.ts`). The order of the others is not built. */
const BUILT: ReadonlySet<string> = new Set(
  `root ca de de_AUT dz en en_USA ff fr ga id id_IDN it lb lij ms nl pt sa st sw wae xh zu
  af blo br ceb cs cy dsb ee eo es et ff_Adlm fi fil fo fy gl ha haw hsb hu ig is kl lkt ln lt lv nb nb_NOR nn no nso om pl ro se sk sl smn sq sv tk tn to tr uz vi wo yo`.split(
    /\s+/,
  ),
)

export const isBuilt = ({ locale }: Pick<Collation, 'locale'>): boolean => BUILT.has(locale)

/** A collation of ICU as routines are told of it: its language, and what does not count. */
export const collationLevels = ({ locale, ignoresCase, ignoresAccents }: Collation): string =>
  `${locale}${ignoresCase ? '_CI' : ''}${ignoresAccents ? '_AI' : ''}`

/** How far a second or third suggestion may be from what was written. */
const SUGGESTED_WITHIN = 3

/** What to write instead of a name that there is not. @param distance of two names */
export function suggestedCollations(written: string, distance: (a: string, b: string) => number): readonly string[] {
  const isUtf8 = written.startsWith('UTF8_')
  const { root, modifiers } = parted(written.toUpperCase(), isUtf8 ? UTF8_MODIFIERS : ICU_MODIFIERS)
  const once = [...new Set(modifiers)]
  const opposite: Readonly<Record<string, string>> = { _CI: '_CS', _AI: '_AS' }
  const kept = once.filter((modifier) => !once.includes(opposite[modifier] ?? ''))
  const ranked = (isUtf8 ? UTF8_ROOTS : ICU_ROOTS)
    .map((name) => ({ name, far: distance(name.toUpperCase(), root) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => `${name}${kept.join('')}`)
  const tooFar = ranked.findIndex(
    (name, i) => i > 0 && distance(name.toUpperCase(), written.toUpperCase()) >= SUGGESTED_WITHIN,
  )
  return tooFar < 0 ? ranked : ranked.slice(0, tooFar)
}
