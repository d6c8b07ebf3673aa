import { HeldResult } from '../../columnar/blocks/held-result.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { RowSink, SinkHost } from '../../connectors/api.js'
import type { DataFrame } from '../frame/data-frame.js'
import type { Session } from '../session/session.js'
import { showRows } from '../show/show.js'

/** A function of the program for the batches of a stream. */
export type ConsumeBatch = (batch: DataFrame, batchId: number) => Promise<void> | void

/** What sinks in this process may do with a session. */
export function sinkHost(session: Session, consume: ConsumeBatch | undefined): SinkHost {
  return {
    print: (text) => session.print(text),
    tableOf: (schema, rows, shown) => showRows(schema, rows, { ...shown, timeZone: session.engine.timeZone }),
    replaceView: (name, schema, blocks) => session.dataFrameOf(schema, blocks).createOrReplaceTempView(name),
    ...(consume ? { consume: batches(session, consume) } : {}),
  }
}

/** Hands batches to a function as DataFrames. */
function batches(session: Session, consume: ConsumeBatch): RowSink {
  return async (rows, batchId) => {
    const blocks = await new HeldResult(rows, 'blocks').all(rows.blocks)
    const batch = session.dataFrameOf(rows.schema, blocks)
    try {
      await consume(batch, batchId)
    } catch (cause) {
      if (MillraceError.is(cause)) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new MillraceError('FOREACH_BATCH_USER_FUNCTION_ERROR', { reason }, { cause })
    }
  }
}
