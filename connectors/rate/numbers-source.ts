import { BIGINT, field, type Schema, TIMESTAMP } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, SourceDescription, SourceProvider, StreamSource } from '../api.js'

const SCHEMA: Schema = { fields: [field('timestamp', TIMESTAMP), field('value', BIGINT)] }

/** A source of streams alone, whose rows are numbers and their times. */
export const numbersSource = <T>(
  name: string,
  optionsOf: (options: Options) => T,
  open: (options: T) => StreamSource,
): SourceProvider => ({
  name,

  stream: {
    identity: () => name,
    isReplayable: true,
    open: ({ options }) => Promise.resolve(open(optionsOf(options))),
  },

  async describe(options: Options, paths: readonly string[], schema: Schema | undefined): Promise<SourceDescription> {
    optionsOf(options)
    if (schema) throw unsupported(`other columns than its own of the data source ${name}`)
    if (paths.length > 0) throw unsupported(`a path for the data source ${name}`)
    return { provider: name, options, paths, schema: SCHEMA }
  },

  planSplits: () => Promise.reject(unsupported(`the data source ${name} without readStream`)),
})

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
