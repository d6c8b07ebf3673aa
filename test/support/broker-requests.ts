import { once } from 'node:events'
import { connect } from 'node:net'
import { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { ResponseWriter } from '../../connectors/kafka/broker/protocol/writer.js'

/** A request with its length, api key, version, correlation id and client id before `write`. */
export function request(
  apiKey: number,
  version: number,
  write: (body: ResponseWriter) => unknown,
  isFlexible = false,
): Buffer {
  const body = new ResponseWriter().int16(apiKey).int16(version).int32(7).nullableString('test')
  if (isFlexible) body.flexible().noTags()
  write(body)
  const bytes = Buffer.concat(body.parts().filter((part) => Buffer.isBuffer(part)))
  return Buffer.concat([new ResponseWriter().int32(bytes.length).parts()[0] as Buffer, bytes])
}

/** Sends requests over one connection and reads as many answers. */
export async function ask(servers: string, requests: readonly Buffer[]): Promise<readonly RequestReader[]> {
  const [host, port] = servers.split(':') as [string, string]
  const socket = connect(Number(port), host)
  socket.write(Buffer.concat(requests))
  let received = Buffer.alloc(0)
  const answers: RequestReader[] = []
  while (answers.length < requests.length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0)
      answers.push(new RequestReader(received.subarray(4, end)))
      received = received.subarray(end)
    }
  }
  socket.destroy()
  return answers
}
