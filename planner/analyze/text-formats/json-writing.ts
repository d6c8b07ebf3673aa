import { hasCalendarIntervals } from '../../../columnar/type-parts.js'
import { reference } from '../../plan/expression/build.js'
import { JSON_WRITING, writtenJson } from '../functions/json.js'
import type { OptionRules } from '../functions/text-options.js'
import { refuseTwice } from '../names/duplicates.js'
import { writtenIntervals } from '../types/interval-parts.js'
import { FILE_WRITING, siteOf, writtenOptions } from './file-options.js'
import { refuseTypes, structOf, type TextWriting } from './text-writing.js'

const NAME = 'json'
const RULES: OptionRules = { ...FILE_WRITING, ...JSON_WRITING }

/** Objects of JSON, one a line, as Spark writes them: what is NULL is left out. */
export const jsonWriting: TextWriting = {
  name: NAME,
  extension: '.json',
  rules: RULES,
  refuse(columns) {
    refuseTwice(columns)
    refuseTypes(columns, 'JSON', hasCalendarIntervals)
  },

  rows(columns, given) {
    const { file, texts } = writtenOptions(given, RULES, NAME)
    const row = structOf(columns.map((column) => [column.name, writtenIntervals(reference(column))]))
    return { file, line: writtenJson(row, texts, siteOf(NAME)) }
  },
}
