import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { SinkProvider } from '../../api.js'
import { fileSink } from '../../files/file-sink.js'
import { lineOutput } from './output-options.js'
import { TextOutputFile } from './text-output-file.js'

/** Files of lines in a directory, driver side. */
export const textSink: SinkProvider = fileSink({
  name: 'text',

  check({ options, schema: { fields } }) {
    lineOutput(options)
    if (fields.length !== 1 || fields[0]!.type.kind !== 'string')
      throw new MillraceError('INTERNAL_ERROR', { message: 'files of lines have one column of texts' })
  },

  extension: ({ options }) => lineOutput(options).extension,

  create: (path, { options }) => TextOutputFile.create(path, lineOutput(options)),
})
