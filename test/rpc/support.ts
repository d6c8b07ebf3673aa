import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import type { Block } from '../../columnar/blocks/block.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { greet } from '../../proto/rpc/handshake/greet.js'
import { RpcServer, type RpcServerOptions } from '../../proto/rpc/server.js'

export const SECRET = 'right'
/** Beyond what any test takes on a loaded machine. */
const PATIENT = { strangerMs: 600_000, requestMs: 600_000 }

export type Serve = (signal: AbortSignal) => AsyncGenerator<Block>

export const withServer = async (
  serve: Serve,
  body: (server: RpcServer, clients: BlockClients) => Promise<void>,
  options: Partial<Pick<RpcServerOptions, 'host' | 'tls' | 'strangerMs' | 'requestMs' | 'logger'>> = {},
): Promise<void> => {
  const clients = new BlockClients({ secret: SECRET, tls: options.tls })
  const server = await RpcServer.listen({
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    ...PATIENT,
    ...options,
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

const portOf = (address: string): number => Number(address.split(':').at(-1))

/** A connection on which nothing was said yet. */
export const silentSocket = async (
  address: string,
  from = '127.0.0.1',
): Promise<{ socket: Socket; closed: Promise<unknown>; heard(): Buffer }> => {
  const socket = connect({ port: portOf(address), host: '127.0.0.1', localAddress: from })
  const heard: Buffer[] = []
  socket.on('error', () => undefined).on('data', (bytes) => heard.push(bytes))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  return { socket, closed, heard: () => Buffer.concat(heard) }
}

/** Greets a server by hand; what comes of it. */
export const greeted = async (address: string, credentials: Credentials): ReturnType<typeof greet> => {
  const socket = connect(portOf(address), '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return await greet(socket, '127.0.0.1', credentials)
}

export interface RawCall {
  readonly session: ClientHttp2Session
  readonly stream: ClientHttp2Stream
  readonly status: Promise<string | undefined>
  /** What came, with the prefixes of its messages. */
  heard(): Buffer
}

/** A connection of HTTP/2 that was let in, for calls made by hand. */
export const sessionOf = async (address: string, credentials: Credentials): Promise<ClientHttp2Session> => {
  const admitted = await greeted(address, credentials)
  if (!('socket' in admitted)) throw new Error(admitted.kind)
  const session = connectHttp2(`http://${address}`, { createConnection: () => admitted.socket })
  session.on('error', () => undefined)
  // One that is destroyed before it has read what came along with the handshake breaks in Node.
  await once(session, 'remoteSettings')
  return session
}

/** A gRPC call made by hand, whose body is the caller's business. */
export const callOver = (session: ClientHttp2Session, path: string): RawCall => {
  const stream = session.request(
    {
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
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
  const heard: Buffer[] = []
  stream.on('data', (bytes: Buffer) => heard.push(bytes))
  return { session, stream, status, heard: () => Buffer.concat(heard) }
}

/** Such a call of one who has the secret, over a connection of its own. */
export const rawCall = async (address: string, path: string): Promise<RawCall> =>
  callOver(await sessionOf(address, { secret: SECRET }), path)

/** The prefix of a gRPC message of so many bytes. */
export const messagePrefix = (bytes: number): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(bytes, 1)
  return prefix
}
