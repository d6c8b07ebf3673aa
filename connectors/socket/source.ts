import { field, STRING, TIMESTAMP } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, SourceDescription, SourceProvider } from '../api.js'
import { socketOptions } from './options.js'
import { SocketStream } from './stream.js'

/** Lines that a server sends, as `nc -lk 9999` does: for trying things out, as nothing of them can be read again. */
export const socketSource: SourceProvider = {
  name: 'socket',

  stream: {
    identity: ({ options }) => {
      const { host, port } = socketOptions(options)
      return `socket ${host}:${port}`
    },
    isReplayable: false,
    open: ({ options }) => SocketStream.open(socketOptions(options), Date.now),
  },

  async describe(options: Options, paths: readonly string[], schema: object | undefined): Promise<SourceDescription> {
    const { hasTimes } = socketOptions(options)
    if (schema) throw unsupported('other columns than its own of the data source socket')
    if (paths.length > 0) throw unsupported('a path for the data source socket')
    const fields = [field('value', STRING), ...(hasTimes ? [field('timestamp', TIMESTAMP)] : [])]
    return { provider: 'socket', options, paths, schema: { fields } }
  },

  planSplits: () => Promise.reject(unsupported('the data source socket without readStream')),
}

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
