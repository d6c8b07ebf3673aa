import { ofNothing } from './makers.js'

/* Which file a row is of. */

export const inputFileName = ofNothing<string>('input_file_name')
export const inputFileBlockStart = ofNothing<bigint>('input_file_block_start')
export const inputFileBlockLength = ofNothing<bigint>('input_file_block_length')
