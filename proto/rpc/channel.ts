import type { Socket } from 'node:net'
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials as grpcCredentials,
  type ServiceError,
} from '@grpc/grpc-js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parsedHostPort } from './address.js'
import { ON_SOCKET } from './connecting.js'
import type { Credentials } from './credentials.js'
import { greet } from './handshake/greet.js'
import { conditionOfRefusal } from './handshake/refusal-condition.js'
import {
  type CLUSTER_SERVICE,
  CONTROL_CLIENT_OPTIONS,
  type CONTROL_SERVICE,
  DATA_CLIENT_OPTIONS,
  DATA_SERVICE,
} from './services.js'
import { conditionOf } from './typed-status.js'

/** How long a connection that is closed may take to say what it said last. */
const CLOSE_GRACE_MS = 1_000

/** `control` lasts, and takes tasks; `data` takes blocks. */
type ChannelUse = 'control' | 'data'

/**
 * The connection to one address, made when it is needed and made again when it broke: the only way in which this process connects to others of an
 * application or a cluster. It is not used before both sides have proved who they are.
 */
export class Channel {
  readonly address: string
  readonly #credentials: Credentials
  readonly #client: Client
  readonly #sockets = new Set<Socket>()
  /** Those over which gRPC cannot say anything yet: they are being connected, or both sides are proving who they are. */
  readonly #early = new Set<Socket>()
  #refusal: MillraceError | undefined
  #onRefused: (refusal: MillraceError) => void = () => undefined
  #isClosed = false

  constructor(address: string, credentials: Credentials, use: ChannelUse) {
    this.address = address
    this.#credentials = credentials
    const options = use === 'control' ? CONTROL_CLIENT_OPTIONS : DATA_CLIENT_OPTIONS
    this.#client = new Client(address, this.#greetingCredentials(), {
      ...options,
      [ON_SOCKET]: (socket: Socket) => this.#opened(socket),
    })
  }

  /** Messages both ways. */
  stream({ connect }: typeof CONTROL_SERVICE | typeof CLUSTER_SERVICE): ClientDuplexStream<Buffer, Buffer> {
    const { path, requestSerialize, responseDeserialize } = connect
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  }

  /** One request, and what is answered. */
  fetch(request: Buffer): ClientReadableStream<Buffer> {
    const { path, requestSerialize, responseDeserialize } = DATA_SERVICE.fetch
    return this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request)
  }

  /** Whether the other side can be reached within a short wait. @throws why the two cannot work together */
  becomesReady(waitMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#onRefused = reject
      if (this.#refusal) return reject(this.#refusal)
      this.#client.waitForReady(Date.now() + waitMs, (error) => resolve(!error))
    })
  }

  /** The condition that a call ended with: what the other side raised, or why the two cannot work together. Undefined when the connection broke. */
  conditionOf(error: ServiceError): MillraceError | undefined {
    return conditionOf(error) ?? this.refusalBehind(error)
  }

  /** Why the two cannot work together, if that ended a call. There may have been attempts since that failed for another reason, which gRPC names then. */
  refusalBehind({ details }: Partial<ServiceError>): MillraceError | undefined {
    const refusal = this.#refusal
    return refusal && details?.includes(refusal.message) ? refusal : undefined
  }

  /** The process does not live on for this connection. */
  unref(): void {
    for (const socket of this.#sockets) socket.unref()
  }

  /** What was said last has a moment to arrive; gRPC would wait for ever for the other end of a connection that is not there any more. */
  close(): void {
    this.#isClosed = true
    this.#client.close()
    for (const socket of this.#early) socket.destroy()
    const destroy = (): void => {
      for (const socket of this.#sockets) socket.destroy()
    }
    if (this.#sockets.size > 0) setTimeout(destroy, CLOSE_GRACE_MS).unref()
  }

  /** It may be opened when the channel is closed already. */
  #opened(socket: Socket): void {
    if (this.#isClosed) return void socket.destroy()
    this.#early.add(socket)
    socket.once('close', () => this.#early.delete(socket))
  }

  /** gRPC gets a connection when both sides have proved who they are; it knows nothing of TLS. */
  #greetingCredentials(): ChannelCredentials {
    const own = grpcCredentials.createInsecure()
    // Nobody else gets these connections.
    own._equals = (other) => other === own
    const create = own._createSecureConnector.bind(own)
    own._createSecureConnector = (...given) => ({
      ...create(...given),
      connect: async (socket) => ({ socket: await this.#greeted(socket), secure: false }),
    })
    return own
  }

  async #greeted(socket: Socket): Promise<Socket> {
    if (this.#isClosed) throw new MillraceError('OPERATION_CANCELED')
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
    const { host } = parsedHostPort(this.address) ?? { host: this.address }
    const greeted = await greet(socket, host, this.#credentials).finally(() => this.#early.delete(socket))
    this.#refusal =
      'kind' in greeted ? conditionOfRefusal(greeted, this.address, this.#credentials.tls !== undefined) : undefined
    if ('socket' in greeted) return greeted.socket
    this.#onRefused(this.#refusal!)
    throw this.#refusal
  }
}
