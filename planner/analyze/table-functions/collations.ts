import { collationCalled, collationNames, isBuilt } from '../../../columnar/collation.js'
import { COLLATION_LOCALES } from '../../../columnar/collation-locales.js'
import { STRING } from '../../../columnar/types.js'
import { literal } from '../../plan/expression/build.js'
import type { TableFunction } from './definition.js'

const COLUMNS = [
  ['CATALOG', false],
  ['SCHEMA', false],
  ['NAME', false],
  ['LANGUAGE', true],
  ['COUNTRY', true],
  ['ACCENT_SENSITIVITY', false],
  ['CASE_SENSITIVITY', false],
  ['PAD_ATTRIBUTE', false],
  ['ICU_VERSION', true],
] as const

/** Whose order `executor/routines/collation-data.ts` is. */
const ICU_VERSION = '78.3.0.0'

/** `collations()`: those that are built, in Spark's order. */
export const collations: TableFunction = {
  arities: [0],
  build: ({ nextId }) => {
    const output = COLUMNS.map(([name, nullable]) => Object.freeze({ id: nextId(), name, type: STRING, nullable }))
    const rows = collationNames().flatMap((name) => {
      const { by, locale, ignoresAccents, ignoresCase, trims } = collationCalled(name)!
      if (!isBuilt({ locale })) return []
      const spoken = COLLATION_LOCALES.find((known) => known.name === locale)
      const accents = `ACCENT_${ignoresAccents ? 'IN' : ''}SENSITIVE`
      const letters = `CASE_${ignoresCase ? 'IN' : ''}SENSITIVE`
      const about = [spoken?.language ?? null, spoken?.country ?? null, accents, letters, trims ? 'RTRIM' : 'NO_PAD']
      const values = ['SYSTEM', 'BUILTIN', name, ...about, by === 'icu' ? ICU_VERSION : null]
      return [values.map((value) => literal(STRING, value))]
    })
    return Object.freeze({ kind: 'values', rows, output })
  },
}
