import { STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import { FILE_WRITING, writtenOptions } from './file-options.js'
import { refuseTypes, type TextWriting } from './text-writing.js'

const NAME = 'text'

/** Lines of one column as they are; NULL is an empty one, as in Spark. */
export const plainWriting: TextWriting = {
  name: NAME,
  extension: '.txt',
  rules: FILE_WRITING,
  refuse: (columns) => refuseTypes(columns, 'Text', ({ kind }) => kind !== 'string'),

  rows(columns, given) {
    const { file } = writtenOptions(given, FILE_WRITING, NAME)
    const [column, ...others] = columns
    if (!column || others.length > 0)
      throw new MillraceError('_LEGACY_ERROR_TEMP_1290', { schemaSize: String(columns.length) })
    return { file, line: call('coalesce', STRING, [reference(column), literal(STRING, '')]) }
  },
}
