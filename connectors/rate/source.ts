import { BIGINT, field, type Schema, TIMESTAMP } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, SourceDescription, SourceProvider } from '../api.js'
import { rateOptions } from './options.js'
import { RateStream } from './stream.js'

const SCHEMA: Schema = { fields: [field('timestamp', TIMESTAMP), field('value', BIGINT)] }

/** Numbers from 0 on, as many a second as asked for, each with the time at which it came: for tests and for trying things out. */
export const rateSource: SourceProvider = {
  name: 'rate',

  stream: {
    identity: () => 'rate',
    isReplayable: true,
    open: ({ options }) => Promise.resolve(new RateStream(rateOptions(options), Date.now)),
  },

  async describe(options: Options, paths: readonly string[], schema: Schema | undefined): Promise<SourceDescription> {
    rateOptions(options)
    if (schema) throw unsupported('other columns than its own of the data source rate')
    if (paths.length > 0) throw unsupported('a path for the data source rate')
    return { provider: 'rate', options, paths, schema: SCHEMA }
  },

  planSplits: () => Promise.reject(unsupported('the data source rate without readStream')),
}

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
