import { STRING } from '../../../columnar/types.js'
import { call, reference } from '../../plan/expression/build.js'
import { refuseTwice } from '../duplicates.js'
import { JSON_WRITING } from '../functions/json.js'
import { optionsFor } from '../functions/text-options.js'
import { siteOf, writtenOptions } from './file-options.js'
import { structOf, type TextWriting } from './text-writing.js'

const NAME = 'json'

/** Objects of JSON, one a line, as Spark writes them: what is NULL is left out. */
export const jsonWriting: TextWriting = {
  name: NAME,
  extension: '.json',

  rows(columns, given) {
    const { file, texts } = writtenOptions(given, JSON_WRITING, NAME)
    refuseTwice(columns)
    const row = structOf(columns.map((column) => [column.name, reference(column)]))
    const options = optionsFor(row.type, texts, 'writing', siteOf(NAME))
    return { file, line: call('to_json', STRING, [row], { texts: options }) }
  },
}
