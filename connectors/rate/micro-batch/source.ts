import type { SourceProvider } from '../../api.js'
import { numbersSource } from '../numbers-source.js'
import { microBatchOptions } from './options.js'
import { MicroBatchStream } from './stream.js'

/** Numbers from 0 on, so many for each batch, with times that depend on nothing but the number of the batch: for tests. */
export const microBatchSource: SourceProvider = numbersSource(
  'rate-micro-batch',
  microBatchOptions,
  (options) => new MicroBatchStream(options),
)
