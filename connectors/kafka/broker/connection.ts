import type { Socket } from 'node:net'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { BrokerContext, RequestHeader } from './context.js'
import { ERROR } from './protocol/error-codes.js'
import { RequestReader } from './protocol/reader.js'
import { ResponseWriter } from './protocol/writer.js'
import { APIS, writeApiVersions } from './requests/index.js'

/** The largest request accepted; Kafka's `socket.request.max.bytes`. */
const MAX_REQUEST_BYTES = 100 * 1024 * 1024
/** Requests of one connection that may wait for their answers before the socket is no longer read. */
const MAX_PIPELINED = 64
const API_VERSIONS = 18

/** Serves one client, whose errors are somebody else's: requests framed by their length, answered in the order in which they came. */
export function serveConnection(socket: Socket, context: BrokerContext): void {
  let inFlight = 0
  let tail: Promise<void> = Promise.resolve()
  const take = (frame: Buffer): void => {
    const answer = respond(frame, socket.remoteAddress ?? '', context)
    // A failure is reported below, in the order of the requests.
    answer.catch(() => undefined)
    if (++inFlight >= MAX_PIPELINED) socket.pause()
    tail = tail.then(async () => {
      for (const chunk of await answer) socket.write(chunk)
      if (--inFlight < MAX_PIPELINED) socket.resume()
    })
    tail.catch(() => socket.destroy())
  }
  socket.setNoDelay(true)
  const frames = new FrameSplitter()
  socket.on('data', (chunk: Buffer) => {
    const complete = frames.push(chunk)
    if (complete === undefined) socket.destroy()
    else for (const frame of complete) take(frame)
  })
}

/** Cuts a stream of bytes into frames, each led by its length. */
class FrameSplitter {
  #chunks: Buffer[] = []
  #bytes = 0
  /** Bytes of the frame that is arriving, its length included, or 0 while that is not known. */
  #needed = 0

  /** The frames that are complete now; undefined when a length is no valid one. */
  push(chunk: Buffer): readonly Buffer[] | undefined {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < Math.max(4, this.#needed)) return []
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const frames: Buffer[] = []
    this.#needed = 0
    while (buffer.length >= 4) {
      const length = buffer.readInt32BE(0)
      if (length < 0 || length > MAX_REQUEST_BYTES) return undefined
      this.#needed = 4 + length
      if (buffer.length < this.#needed) break
      frames.push(buffer.subarray(4, this.#needed))
      buffer = buffer.subarray(this.#needed)
      this.#needed = 0
    }
    this.#chunks = buffer.length > 0 ? [buffer] : []
    this.#bytes = buffer.length
    return frames
  }
}

/** The chunks of the framed response; none when the request wants none. */
async function respond(frame: Buffer, clientHost: string, context: BrokerContext): Promise<readonly Buffer[]> {
  const request = new RequestReader(frame)
  const apiKey = request.int16()
  const apiVersion = request.int16()
  const correlationId = request.int32()
  const response = new ResponseWriter().int32(correlationId)
  const api = APIS.get(apiKey)
  if (api === undefined || apiVersion < api.minVersion || apiVersion > api.maxVersion) {
    // A client may only ask for what ApiVersions lists; asked too new itself, that one answers in its first form (KIP-511).
    if (apiKey !== API_VERSIONS) throw unsupported(apiKey, apiVersion)
    writeApiVersions(response, ERROR.unsupportedVersion)
    return framed(response)
  }
  const header: RequestHeader = { apiKey, apiVersion, correlationId, clientId: request.nullableString(), clientHost }
  return (await api.handle(request, response, header, context)) ? framed(response) : []
}

function framed(response: ResponseWriter): readonly Buffer[] {
  const size = Buffer.allocUnsafe(4)
  size.writeInt32BE(response.length)
  return [size, ...response.chunks()]
}

const unsupported = (apiKey: number, apiVersion: number): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `version ${apiVersion} of the Kafka API ${apiKey}` })
