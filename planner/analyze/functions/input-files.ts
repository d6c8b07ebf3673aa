import { BIGINT, type DataType, STRING } from '../../../columnar/types.js'
import { routineCall } from '../../plan/expression/build.js'
import { exactly, type FunctionTable, helped } from './definition.js'

const ofFile = (type: DataType) =>
  exactly(0, (_, { name, origin }) => routineCall({ by: 'file', name, label: name }, type, [], origin))

/** Which file a row is of: columns of its scan (planner/analyze/sources/input-files.ts). */
export const INPUT_FILES: FunctionTable = {
  input_file_block_length: helped(
    '()',
    'How many bytes the share of a file has that a row is of, -1 where rows are of no file.',
    [['input_file_block_length()', '-1']],
    ofFile(BIGINT),
  ),
  input_file_block_start: helped(
    '()',
    'Where the share of a file begins that a row is of, -1 where rows are of no file.',
    [['input_file_block_start()', '-1']],
    ofFile(BIGINT),
  ),
  input_file_name: helped(
    '()',
    'The file that a row is of, an empty text where rows are of no file, or were sorted, grouped or limited since.',
    [['length(input_file_name())', '0']],
    ofFile(STRING),
  ),
}
