import type { SinkProvider } from '../../api.js'
import { fileSink } from '../../files/file-sink.js'
import { ArrowOutputFile } from './arrow-output-file.js'
import { writtenCodec } from './output-options.js'
import { EXTENSION } from './writer.js'

/** Arrow files of a directory, driver side. */
export const arrowSink: SinkProvider = fileSink({
  name: 'arrow',

  check({ options }) {
    writtenCodec(options)
  },

  extension: () => EXTENSION,

  create: (path, { schema }) => ArrowOutputFile.create(path, schema),
})
