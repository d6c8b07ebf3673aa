import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/commit/task-writer.js'
import { lineBytes } from './line-bytes.js'
import { lineOutput } from './output-options.js'
import { TextOutputFile } from './text-output-file.js'

/** Files of lines in a directory, executor side. */
export const textWriter: WriterProvider = fileWriter({
  name: 'text',
  extension: ({ options }) => lineOutput(options).extension,

  opener({ options }, context) {
    const output = lineOutput(options)
    return (path) => TextOutputFile.create(path, output, context)
  },

  rowsOf: lineBytes,
})
