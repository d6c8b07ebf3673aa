import type { BrokerContext } from '../../connectors/kafka/broker/context.js'
import { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { ResponseWriter } from '../../connectors/kafka/broker/protocol/writer.js'
import type { Api } from '../../connectors/kafka/broker/requests/api.js'

const bytesOf = (body: ResponseWriter): Buffer => Buffer.concat(body.parts().filter((part) => Buffer.isBuffer(part)))

/** The answer of a handler of the embedded broker, in plain form. @param context what the handler asks of the broker */
export async function answerOf(
  api: Api,
  apiVersion: number,
  context: unknown,
  write: (to: ResponseWriter) => unknown,
): Promise<RequestReader> {
  const body = new ResponseWriter()
  write(body)
  const { signal } = new AbortController()
  const header = { apiKey: api.key, apiVersion, correlationId: 1, clientId: null, clientHost: '', signal }
  const response = new ResponseWriter()
  await api.handle(new RequestReader(bytesOf(body)), response, header, context as BrokerContext)
  return new RequestReader(bytesOf(response))
}
