import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { FrameReceiver } from './frame-receiver.js'

const KEEP_ALIVE_DELAY_MS = 60_000

export interface SocketRequest {
  readonly host: string
  readonly port: number
  /** Options of `tls.connect`. */
  readonly ssl?: object | null
  readonly onConnect: () => void
}

/**
 * Opens a socket of which each `data` is a whole response, received where it stays. Left to itself Node makes a buffer for every piece
 * that arrives, and of millions of records a second a quarter of the time goes into collecting those and putting them together.
 */
export function openSocket({ host, port, ssl, onConnect }: SocketRequest): Socket {
  const receiver = new FrameReceiver((frame) => socket.emit('data', frame))
  const onread = {
    buffer: () => receiver.room(),
    callback: (bytes: number): boolean => {
      try {
        receiver.received(bytes)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)))
      }
      return true
    },
  }
  const target = { host, port, onread }
  const names = net.isIP(host) === 0 ? { servername: host } : {}
  const socket: Socket = ssl ? tls.connect({ ...target, ...names, ...ssl }, onConnect) : net.connect(target, onConnect)
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
  return socket
}
