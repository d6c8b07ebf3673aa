import type { SinkProvider, WriteDescription } from '../../api.js'
import { sinkOptions } from './sink-options.js'

/**
 * Kafka topics, driver side. At least once, as in Spark: tasks send as they go, what a failed task sent stays, and a batch that is
 * run again after a failure is sent again. What a task itself sends again is recognised by the brokers.
 */
export const kafkaSink: SinkProvider = {
  name: 'kafka',
  streamModes: ['append', 'update', 'complete'],

  begin(write: WriteDescription): Promise<boolean> {
    sinkOptions(write)
    return Promise.resolve(true)
  },

  /** The brokers have acknowledged everything before a task counts as prepared. */
  commit(): Promise<void> {
    return Promise.resolve()
  },

  abort(): Promise<void> {
    return Promise.resolve()
  },
}
