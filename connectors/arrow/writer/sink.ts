import { MillraceError } from '../../../common/errors/millrace-error.js'
import { shownValue } from '../../../common/secret-options.js'
import type { SinkProvider } from '../../api.js'
import { fileSink } from '../../files/file-sink.js'
import { ArrowOutputFile } from './arrow-output-file.js'
import { EXTENSION } from './writer.js'

/** Arrow files of a directory, driver side. */
export const arrowSink: SinkProvider = fileSink({
  name: 'arrow',

  check({ options }) {
    for (const [key, value] of Object.entries(options))
      if (key !== 'path') {
        const feature = `the option ${key}=${shownValue(key, value)} of the data sink arrow`
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
      }
  },

  extension: () => EXTENSION,

  create: (path, { schema }) => ArrowOutputFile.create(path, schema),
})
