import type { Socket } from 'node:net'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'

/**
 * Credentials without TLS that tell the socket of each connection. gRPC has a process live on for as long as a call is open; who does not
 * want that unrefs the socket once the call has begun.
 */
export function credentialsWithSocket(onSocket: (socket: Socket) => void): ChannelCredentials {
  const own = credentials.createInsecure()
  const create = own._createSecureConnector.bind(own)
  own._createSecureConnector = (...given) => {
    const connector = create(...given)
    return {
      ...connector,
      connect: (socket) => {
        onSocket(socket)
        return connector.connect(socket)
      },
    }
  }
  return own
}
