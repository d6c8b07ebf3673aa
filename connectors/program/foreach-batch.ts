import type { RowSink, RowSinkProvider, RowSinkRequest } from '../api.js'
import { AT_LEAST_ONCE, refuseOptions } from './options.js'
import { withoutProgram } from './without-program.js'

/** Hands each batch to a function of the program, in its process. */
export const foreachBatchSink: RowSinkProvider = {
  name: 'foreachBatch',
  stream: AT_LEAST_ONCE,

  open({ options, host }: RowSinkRequest): RowSink {
    refuseOptions(options, 'foreachBatch')
    if (!host.consume) throw withoutProgram('foreachBatch')
    return host.consume
  },
}
