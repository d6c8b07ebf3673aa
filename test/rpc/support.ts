import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import type { Block } from '../../columnar/block.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import type { RpcTimeouts } from '../../proto/rpc/door.js'
import { RpcServer } from '../../proto/rpc/server.js'

export const SECRET = 'right'
const PATIENT: RpcTimeouts = { strangerMs: 60_000, requestMs: 60_000 }

export type Serve = (signal: AbortSignal) => AsyncGenerator<Block>

export const withServer = async (
  serve: Serve,
  body: (server: RpcServer, clients: BlockClients) => Promise<void>,
  timeouts: Partial<RpcTimeouts> = {},
): Promise<void> => {
  const clients = new BlockClients(SECRET)
  const server = await RpcServer.listen({
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    timeouts: { ...PATIENT, ...timeouts },
    serveBlocks: (_request, signal) => serve(signal),
    connected: () => undefined,
  })
  try {
    await body(server, clients)
  } finally {
    clients.close()
    await server.close(0)
  }
}

export const request = { kind: 'local', id: 'rows', from: 0, until: 1 } as const
export const fetched = async (clients: BlockClients, address: string, patienceMs?: number): Promise<Block[]> => {
  const blocks: Block[] = []
  for await (const block of clients.fetch(address, request, new AbortController().signal, patienceMs))
    blocks.push(block)
  return blocks
}

const portOf = (address: string): number => Number(address.split(':')[1])

/** A connection that says nothing. */
export const silentSocket = async (address: string): Promise<{ socket: Socket; closed: Promise<unknown> }> => {
  const socket = connect(portOf(address), '127.0.0.1')
  socket.on('error', () => undefined).resume()
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  return { socket, closed }
}

export interface RawCall {
  readonly session: ClientHttp2Session
  readonly stream: ClientHttp2Stream
  readonly status: Promise<string | undefined>
  readonly closed: Promise<unknown>
}

/** A gRPC call made by hand, whose body is the caller's business. */
export const rawCall = (address: string, path: string, secret: string | undefined): RawCall => {
  const session = connectHttp2(`http://${address}`)
  session.on('error', () => undefined)
  const stream = session.request(
    {
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(secret === undefined ? {} : { 'millrace-secret': secret }),
    },
    { endStream: false },
  )
  stream.on('error', () => undefined)
  const status = new Promise<string | undefined>((resolve) => {
    stream.on('response', (headers) => {
      if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']))
    })
    stream.on('trailers', (headers) => resolve(String(headers['grpc-status'])))
    stream.on('close', () => resolve(undefined))
  })
  stream.resume()
  return { session, stream, status, closed: new Promise((resolve) => session.on('close', resolve)) }
}

/** The prefix of a gRPC message of so many bytes. */
export const messagePrefix = (bytes: number): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(bytes, 1)
  return prefix
}
