import type { SourceProvider } from '../api.js'
import { numbersSource } from './numbers-source.js'
import { rateOptions } from './options.js'
import { RateStream } from './stream.js'

/** Numbers from 0 on, as many a second as asked for, each with the time at which it came: for tests and for trying things out. */
export const rateSource: SourceProvider = numbersSource(
  'rate',
  rateOptions,
  (options) => new RateStream(options, Date.now),
)
