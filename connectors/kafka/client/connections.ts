import { type Call, type Connection, type ConnectionPool, connectionError } from './kafkajs-internals.js'
import { malformed, reasonOf } from './malformed.js'

const API_VERSIONS_KEY = 18

export interface ConnectionHooks {
  /** The longest time for which a broker may ask for no more requests. */
  readonly maxThrottleMs: number
  /** Called when a connection is being opened, and again when it is open. */
  onOpening(connection: Connection): void
  /** Called when the broker has answered what it was asked, other than which requests it knows. */
  onAnswer(): void
  /** Called when it did not answer in time. */
  onSilence(): void
}

/**
 * Makes a pool open a new connection whenever one has ended. kafkajs itself opens the same connection again, with what had arrived of the
 * last response still in its buffer and with timers and listeners of the old socket that end the new one.
 */
export function renewConnections(pool: ConnectionPool, make: () => Connection, hooks: ConnectionHooks): void {
  const fresh = (): Connection => supervised(make(), `${pool.host}:${pool.port}`, hooks)
  // Those it was made with are never opened; but kafkajs waits for what they have to send when it gives the pool up.
  pool.pool.forEach((_, index) => {
    pool.pool[index] = fresh()
  })
  const opening = new Map<number, Promise<Connection>>()
  const open = async (index: number): Promise<Connection> => {
    const last = pool.pool[index]!
    const connection = fresh()
    connection.setVersions(last.versions)
    connection.setSupportAuthenticationProtocol(last.getSupportAuthenticationProtocol())
    pool.pool[index] = connection
    const connected = connection.connect()
    hooks.onOpening(connection)
    await connected
    hooks.onOpening(connection)
    return connection
  }
  pool.getConnection = (index = 0) => {
    const connection = pool.pool[index]!
    if (connection.isConnected()) return Promise.resolve(connection)
    const known = opening.get(index)
    if (known !== undefined) return known
    const opened = open(index).finally(() => opening.delete(index))
    opening.set(index, opened)
    return opened
  }
}

/** Ends a connection for good when a request on it times out, or when what arrives on it is not what was asked for. */
function supervised(connection: Connection, broker: string, hooks: ConnectionHooks): Connection {
  const { requestQueue } = connection
  const end = ending(connection, broker)
  connection.disconnect = () => {
    end(connectionError('the connection is closed', broker))
    return Promise.resolve(true)
  }
  const send = connection.send.bind(connection)
  connection.send = async <T>(call: Call<T>): Promise<T> => {
    try {
      const answer = await send({ ...call, response: checkedResponse(call, broker), logResponseError: false })
      if (!isGreeting(call)) hooks.onAnswer()
      return answer
    } catch (error) {
      if (isBroken(error)) end(error)
      if (!isTimeout(error)) throw error
      hooks.onSilence()
      // kafkajs turns to the next server of the list when the first cannot be reached, but not when it is silent.
      throw isGreeting(call) ? connectionError(error.message, broker) : error
    }
  }
  const processData = connection.processData.bind(connection)
  connection.processData = (frame) => {
    connection.chunks = [] // What is left of the last response is nothing, but would make kafkajs copy this one.
    try {
      processData(frame)
    } catch (error) {
      end(connectionError(`a response cannot be read: ${reasonOf(error)}`, broker))
    }
  }
  const fulfill = requestQueue.fulfillRequest.bind(requestQueue)
  requestQueue.fulfillRequest = (answer) => {
    if (!requestQueue.inflight.has(answer.correlationId)) throw malformed('nobody asked for it')
    fulfill(answer)
  }
  const throttle = requestQueue.maybeThrottle.bind(requestQueue)
  requestQueue.maybeThrottle = (ms) => throttle(Math.min(ms ?? 0, hooks.maxThrottleMs))
  // Without anything pending kafkajs looks every millisecond whether something is, for ever, which keeps the process alive.
  const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue)
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) schedule()
  }
  return connection
}

/** What ends a connection, once: everything that waits for an answer fails, and nothing of its socket is heard any more. */
function ending(connection: Connection, broker: string): (error: Error) => void {
  const { requestQueue } = connection
  let hasEnded = false
  return (error) => {
    if (hasEnded) return
    hasEnded = true
    const { socket } = connection
    const isIdle = requestQueue.inflight.size === 0
    const isOpen = connection.connectionStatus === 'connected'
    connection.connectionStatus = 'disconnected'
    requestQueue.rejectAll(connectionError(error.message, broker))
    requestQueue.destroy()
    if (socket === undefined || socket.destroyed) return
    // The error ends the wait for a socket that is still connecting.
    if (!isOpen) return void socket.destroy(error)
    for (const event of ['data', 'end', 'error', 'timeout']) socket.removeAllListeners(event)
    socket.on('error', () => undefined)
    if (isIdle) socket.destroySoon()
    else socket.destroy()
  }
}

const isTimeout = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'KafkaJSRequestTimeoutError'

const isBroken = (error: unknown): error is Error =>
  isTimeout(error) || (error instanceof Error && error.name === 'KafkaJSConnectionError')

/** The first request on a connection, which everything that speaks the protocol answers. */
const isGreeting = ({ request }: Call<unknown>): boolean => request.apiKey === API_VERSIONS_KEY

/** Whatever a decoder fails with, other than what the broker says itself, means that the bytes are not the response. */
function checkedResponse<T>({ request, response }: Call<T>, broker: string): Call<T>['response'] {
  const checked = async <U>(step: () => Promise<U>): Promise<U> => {
    try {
      return await step()
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('KafkaJS')) throw error
      throw connectionError(`the response to ${request.apiName} cannot be read: ${reasonOf(error)}`, broker)
    }
  }
  return {
    decode: (raw) => checked(() => response.decode(raw)),
    parse: (decoded) => checked(() => response.parse(decoded)),
  }
}
