import { isNested, STRING, type TypeKind } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal, reference } from '../../plan/expression/build.js'
import { writtenCsv } from '../functions/csv.js'
import { CSV_WRITING, csvOptions } from '../functions/csv-options.js'
import type { OptionRules } from '../functions/text-options.js'
import { writtenIntervals } from '../types/interval-parts.js'
import { FILE_WRITING, siteOf, writtenOptions } from './file-options.js'
import { refuseTypes, structOf, type TextWriting } from './text-writing.js'

const NAME = 'csv'
const SITE = siteOf(NAME)
const NOT_WRITTEN: ReadonlySet<TypeKind> = new Set(['void', 'variant', 'interval'])
const RULES: OptionRules = { ...FILE_WRITING, ...CSV_WRITING }

/** Rows of comma-separated values, one a line, as Spark writes them. */
export const csvWriting: TextWriting = {
  name: NAME,
  extension: '.csv',
  rules: RULES,
  refuse: (columns) => refuseTypes(columns, 'CSV', (type) => isNested(type) || NOT_WRITTEN.has(type.kind)),

  rows(columns, given) {
    const { file, texts } = writtenOptions(given, RULES, NAME)
    const { header, ...own } = texts
    refuseSeparator(file.lineSep)
    const rows = structOf(columns.map((column) => [column.name, writtenIntervals(reference(column))]))
    const names = structOf(columns.map(({ name }) => [name, literal(STRING, name)]))
    const signs = csvOptions(own, SITE)
    return {
      file,
      line: writtenCsv(rows, signs, SITE),
      ...(header === 'true' ? { header: writtenCsv(names, signs, SITE) } : {}),
    }
  },
}

const LINE_ENDS: ReadonlySet<string> = new Set(['\n', '\r', '\r\n'])

/** Values that have another end of lines in them would need quotes. @throws UNSUPPORTED_FEATURE */
function refuseSeparator(lineSep: string | undefined): void {
  if (lineSep !== undefined && !LINE_ENDS.has(lineSep))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `lineSep => '${lineSep}' when ${SITE.name} is written` })
}
