import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/task-writer.js'
import { ArrowOutputFile } from './arrow-output-file.js'
import { batchBytes } from './batch-bytes.js'

/** The end of the names of files. */
export const EXTENSION = '.arrow'

/** Arrow files of a directory, executor side. */
export const arrowWriter: WriterProvider = fileWriter({
  name: 'arrow',
  extension: () => EXTENSION,
  opener:
    ({ schema }) =>
    (path) =>
      ArrowOutputFile.create(path, schema),
  rowsOf: batchBytes,
})
