import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { ProtocolWriter } from '../../connectors/kafka/client/protocol-writer.js'
import { recordBatch } from './record-batches.js'

export const API = { produce: 0, fetch: 1, listOffsets: 2, metadata: 3, findCoordinator: 10, apiVersions: 18 } as const
const UNKNOWN_TOPIC = 3
const UNKNOWN_TOPIC_ID = 100
const OFFSET_OUT_OF_RANGE = 1

/** What a request is answered with instead of what is right: bytes as they are on the wire, or nothing at all. */
export type Misbehaviour = (request: FakeRequest) => Buffer | 'silence' | 'hang up' | undefined

export interface FakeRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** The number of the connection it came by, from 1 on. */
  readonly connection: number
  readonly body: Buffer
}

export interface FakeTopic {
  id?: string
  /** Of each partition. */
  readonly partitions: { epoch: number; start: bigint; values: string[] }[]
}

/** A broker that is told how to misbehave. It serves records of values, one partition a request, as our client asks. */
export class FakeKafka {
  readonly servers: string
  readonly topics = new Map<string, FakeTopic>()
  /** Whether topics have ids, and can be fetched by them. */
  withIds = true
  /** For how long clients are told to ask for nothing more, with each answer to Metadata. */
  throttleMs = 0
  misbehave: Misbehaviour = () => undefined
  /** The other brokers of its cluster, which lead nothing. */
  others: readonly FakeKafka[] = []
  /** How many requests of each API came. */
  readonly requests: FakeRequest[] = []
  connections = 0
  readonly #server: Server
  readonly #port: number
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    this.servers = `127.0.0.1:${this.#port}`
    server.on('connection', (socket: Socket) => this.#serve(socket))
  }

  static async start(): Promise<FakeKafka> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FakeKafka(server)
  }

  /** Makes a topic, in the place of one that has the name. */
  create(name: string, id: string, ...values: readonly (readonly string[])[]): void {
    const partitions = values.map((some) => ({ epoch: 0, start: 0n, values: [...some] }))
    this.topics.set(name, { id, partitions })
  }

  /** Resolves when no client has a connection any more. */
  async left(): Promise<void> {
    while (this.#sockets.size > 0) await once([...this.#sockets][0]!, 'close')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
    const connection = ++this.connections
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0)
        this.#take(socket, rest.subarray(4, end), connection)
        rest = rest.subarray(end)
      }
    })
  }

  #take(socket: Socket, frame: Buffer, connection: number): void {
    const clientLength = Math.max(0, frame.readInt16BE(8))
    const request: FakeRequest = {
      apiKey: frame.readInt16BE(0),
      apiVersion: frame.readInt16BE(2),
      correlationId: frame.readInt32BE(4),
      connection,
      body: frame.subarray(10 + clientLength),
    }
    this.requests.push(request)
    const wrong = this.misbehave(request)
    if (wrong === 'silence') return
    if (wrong === 'hang up') return void socket.destroy()
    socket.write(wrong ?? framed(request.correlationId, this.#answer(request)))
  }

  #answer(request: FakeRequest): Buffer {
    switch (request.apiKey) {
      case API.apiVersions:
        return this.#versions()
      case API.metadata:
        return this.metadata(request.apiVersion, request.body)
      case API.listOffsets:
        return this.#offsets(request.body)
      case API.fetch:
        return this.#fetch(request)
      default:
        throw new Error(`a fake broker does not know the API ${request.apiKey}`)
    }
  }

  #versions(): Buffer {
    const most = [
      [API.produce, 7],
      [API.fetch, this.withIds ? 13 : 11],
      [API.listOffsets, 3],
      [API.metadata, this.withIds ? 12 : 8],
      [API.findCoordinator, 1],
      [API.apiVersions, 2],
    ]
    const writer = new ProtocolWriter(false).int16(0)
    writer.array(most, ([key, version]) => writer.int16(key!).int16(0).int16(version!))
    return writer.int32(0).toBuffer()
  }

  metadata(apiVersion: number, body: Buffer): Buffer {
    const isFlexible = apiVersion >= 9
    const names = isFlexible ? compactNames(body) : plainNames(body)
    const writer = new ProtocolWriter(isFlexible)
    writer.tags().int32(this.throttleMs)
    const ports = [this, ...this.others].map((broker) => broker.#port)
    writer.array(ports, (port) =>
      writer
        .int32(1 + ports.indexOf(port))
        .string('127.0.0.1')
        .int32(port)
        .string('')
        .tags(),
    )
    writer.string('fake').int32(1)
    writer.array(names ?? [...this.topics.keys()], (name) => {
      const topic = this.topics.get(name)
      writer.int16(topic === undefined ? UNKNOWN_TOPIC : 0).string(name)
      if (isFlexible) writer.uuid(topic?.id)
      writer.boolean(false)
      writer.array([...(topic?.partitions ?? [])], (partition) => {
        writer.int16(0).int32(topic!.partitions.indexOf(partition)).int32(1).int32(partition.epoch)
        for (let list = 0; list < 3; list++) writer.array([1], (node) => writer.int32(node))
        writer.tags()
      })
      if (isFlexible) writer.int32(0).tags()
    })
    return writer.tags().toBuffer()
  }

  /** ListOffsets, version 3. */
  #offsets(body: Buffer): Buffer {
    const [name, after] = plainString(body, 4 + 1 + 4)
    const count = body.readInt32BE(after)
    const writer = new ProtocolWriter(false).int32(0)
    writer.array([name], (topic) => {
      writer.string(topic)
      writer.array(Array.from(Array(count).keys()), (i) => {
        const number = body.readInt32BE(after + 4 + 12 * i)
        const partition = this.topics.get(topic)?.partitions[number]
        const isEarliest = body.readBigInt64BE(after + 8 + 12 * i) === -2n
        const offset = partition === undefined ? -1n : partition.start + (isEarliest ? 0n : size(partition))
        writer
          .int32(number)
          .int16(partition === undefined ? UNKNOWN_TOPIC : 0)
          .int64(-1n)
          .int64(offset)
      })
    })
    return writer.toBuffer()
  }

  #fetch({ apiVersion, body }: FakeRequest): Buffer {
    const isById = apiVersion === 13
    const writer = new ProtocolWriter(isById)
    const head = (isById ? 1 : 0) + 4 + 4 + 4 + 4 + 1 + 4 + 4
    const id = body.toString('hex', head + 1, head + 17)
    const [asked, after] = isById ? [undefined, head + 17] : plainString(body, head + 4)
    const name = asked ?? [...this.topics].find(([, topic]) => topic.id === id)?.[0] ?? ''
    const at = after + (isById ? 1 : 4)
    const number = body.readInt32BE(at)
    const offset = body.readBigInt64BE(at + 8)
    const partition = this.topics.get(name)?.partitions[number]
    const records = partition === undefined ? Buffer.alloc(0) : recordsFrom(partition, offset)
    const missing = isById ? UNKNOWN_TOPIC_ID : UNKNOWN_TOPIC
    const isOutside =
      partition !== undefined && (offset < partition.start || offset > partition.start + size(partition))
    const end = partition === undefined ? -1n : partition.start + size(partition)
    writer.tags().int32(0).int16(0).int32(0)
    writer.array([name], (topic) => {
      if (isById) writer.uuid(id)
      else writer.string(topic)
      writer.array([number], () => {
        writer.int32(number).int16(partition === undefined ? missing : isOutside ? OFFSET_OUT_OF_RANGE : 0)
        writer
          .int64(end)
          .int64(end)
          .int64(partition?.start ?? -1n)
        writer.array(null, () => undefined).int32(-1)
        // Bytes have the same form as an array of bytes.
        writer.array([...records], (byte) => writer.int8((byte << 24) >> 24)).tags()
      })
      writer.tags()
    })
    return writer.tags().toBuffer()
  }
}

const size = ({ values }: FakeTopic['partitions'][number]): bigint => BigInt(values.length)

function recordsFrom({ start, values }: FakeTopic['partitions'][number], offset: bigint): Buffer {
  const from = Number(offset - start)
  if (from < 0 || from >= values.length) return Buffer.alloc(0)
  return recordBatch({ baseOffset: offset, values: values.slice(from) })
}

/** A response as it is sent. */
export function framed(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length, 0)
  head.writeInt32BE(correlationId, 4)
  return Buffer.concat([head, body])
}

function plainString(body: Buffer, at: number): [string, number] {
  const end = at + 2 + body.readInt16BE(at)
  return [body.toString('utf8', at + 2, end), end]
}

function plainNames(body: Buffer): readonly string[] | undefined {
  const count = body.readInt32BE(0)
  if (count < 0) return undefined
  const names: string[] = []
  for (let at = 4; names.length < count; ) {
    const [name, end] = plainString(body, at)
    names.push(name)
    at = end
  }
  return names
}

/** Lengths here are below 128, a byte each. */
function compactNames(body: Buffer): readonly string[] | undefined {
  const count = body.readUInt8(1) - 1
  if (count < 0) return undefined
  const names: string[] = []
  for (let at = 2 + 16; names.length < count; ) {
    const end = at + body.readUInt8(at)
    names.push(body.toString('utf8', at + 1, end))
    at = end + 1 + 16
  }
  return names
}
