import { once } from 'node:events'
import type { Socket } from 'node:net'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { BrokerContext } from './context.js'
import { ERROR } from './protocol/error-codes.js'
import { RequestReader } from './protocol/reader.js'
import { type ResponsePart, ResponseWriter } from './protocol/writer.js'
import { APIS, writeApiVersions } from './requests/index.js'

/** The largest request accepted; Kafka's `socket.request.max.bytes`. */
const MAX_REQUEST_BYTES = 100 * 1024 * 1024
/** Kafka's `connections.max.idle.ms`. */
const MAX_IDLE_MS = 600_000
const API_VERSIONS = 18

/**
 * Serves one client, whose errors are somebody else's. Requests, framed by their length, are taken one after another, the next one when
 * the client has taken the answer to the one before: what it does not read costs no more than a piece of one answer.
 */
export async function serveConnection(socket: Socket, context: BrokerContext): Promise<void> {
  const ended = new AbortController()
  socket.once('close', () => ended.abort())
  socket.setNoDelay(true)
  socket.setTimeout(MAX_IDLE_MS, () => socket.destroy())
  const frames = new FrameSplitter()
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const complete = frames.push(chunk)
      if (complete === undefined) break
      for (const frame of complete) await answer(socket, frame, context, ended.signal)
    }
  } catch {
    // A request that is none, a client that went away: the connection is over, the broker goes on.
  } finally {
    socket.destroy()
  }
}

async function answer(socket: Socket, frame: Buffer, context: BrokerContext, signal: AbortSignal): Promise<void> {
  for (const part of await respond(frame, socket.remoteAddress ?? '', context, signal)) {
    if (Buffer.isBuffer(part)) await send(socket, part, signal)
    else for await (const piece of part.read()) await send(socket, piece, signal)
  }
}

async function send(socket: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (!socket.write(bytes)) await once(socket, 'drain', { signal })
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

/** The parts of the framed response; none when the request wants none. */
async function respond(
  frame: Buffer,
  clientHost: string,
  context: BrokerContext,
  signal: AbortSignal,
): Promise<readonly ResponsePart[]> {
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
  const header = { apiKey, apiVersion, correlationId, clientId: request.nullableString(), clientHost, signal }
  if (api.flexibleFrom !== undefined && apiVersion >= api.flexibleFrom) {
    request.flexible().tags()
    response.flexible().noTags()
  }
  return (await api.handle(request, response, header, context)) ? framed(response) : []
}

function framed(response: ResponseWriter): readonly ResponsePart[] {
  const size = Buffer.allocUnsafe(4)
  size.writeInt32BE(response.length)
  return [size, ...response.parts()]
}

const unsupported = (apiKey: number, apiVersion: number): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `version ${apiVersion} of the Kafka API ${apiKey}` })
