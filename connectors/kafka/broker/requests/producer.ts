import type { RequestReader } from '../protocol/reader.js'
import type { ProducerName } from '../transactions/transaction.js'

/** An id and an epoch as the protocol has them. */
export const readProducer = (request: RequestReader): ProducerName => ({
  producerId: String(request.int64()),
  epoch: request.int16(),
})
