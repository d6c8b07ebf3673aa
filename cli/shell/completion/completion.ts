import type { Names } from './names.js'
import { type Place, placeOf } from './place.js'

/** What may stand at a place of a text. */
export interface Completion {
  /** Where what is written begins that would be replaced. */
  readonly from: number
  /** What all candidates begin with. */
  readonly common: string
  readonly candidates: readonly string[]
}

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** What may stand at the cursor: commands, files, settings, tables, columns, functions and keywords. */
export async function completionOf(text: string, at: number, names: Names): Promise<Completion> {
  const place = placeOf(text, at)
  const written = text.slice(place.from, at)
  const fitting = (await candidatesOf(place, written, names)).filter((one) =>
    unquoted(one).startsWith(unquoted(written)),
  )
  const candidates = [...new Set(fitting)]
  return { from: place.from, common: commonOf(candidates, written), candidates }
}

const unquoted = (name: string): string => name.replace(/^`/, '').toLowerCase()

async function candidatesOf(place: Place, written: string, names: Names): Promise<readonly string[]> {
  switch (place.kind) {
    case 'nothing':
      return []
    case 'command':
      return names.commands
    case 'word':
      return place.words
    case 'setting':
      return names.settings
    case 'file':
      return (await names.files(written)).map((file) =>
        place.closing !== '' && !file.endsWith('/') ? file + place.closing : file,
      )
    case 'table':
      return (await names.tables()).map(quotedIfNeeded)
    case 'member':
      return (await names.columns(place.relation)).map(quotedIfNeeded)
    case 'expression': {
      const columns = (await Promise.all(place.relations.map((one) => names.columns(one)))).flat().map(quotedIfNeeded)
      // All that there is would be no help.
      if (written === '') return columns
      const isLarge = written === written.toUpperCase()
      const keywords = isLarge ? names.keywords : names.keywords.map((word) => word.toLowerCase())
      const tables = place.isFirst ? [] : await names.tables()
      return [...columns, ...tables.map(quotedIfNeeded), ...names.functions.map((name) => `${name}(`), ...keywords]
    }
  }
}

const quotedIfNeeded = (name: string): string => (PLAIN_NAME.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)

/** The beginning that candidates share, in the letters of the first; what is written when there is no more. */
function commonOf(candidates: readonly string[], written: string): string {
  const [first, ...others] = candidates
  if (first === undefined) return written
  let length = first.length
  for (const other of others)
    while (other.slice(0, length).toLowerCase() !== first.slice(0, length).toLowerCase()) length--
  return length < written.length ? written : first.slice(0, length)
}
