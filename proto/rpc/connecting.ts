import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'
import type { ChannelOptions } from '@grpc/grpc-js'
import { Http2SubchannelConnector } from '@grpc/grpc-js/build/src/transport.js'

/** The option by which a channel is told of the sockets that gRPC opens for it, at once: a function. */
export const ON_SOCKET = 'millrace.on_socket'

type TcpConnect = (address: TcpNetConnectOpts, options: ChannelOptions) => Promise<Socket>

/*
 * gRPC does not give up a connection that it is making when its channel is closed. To a machine that answers nothing, as one behind a firewall, a connection takes the system
 * two minutes to give up, in which the process could not end.
 */
const connector = Http2SubchannelConnector.prototype as unknown as { tcpConnect: TcpConnect }
const { tcpConnect } = connector
connector.tcpConnect = function (address, options) {
  const onSocket = options[ON_SOCKET] as ((socket: Socket) => void) | undefined
  return onSocket ? connected(address, onSocket) : tcpConnect.call(this, address, options)
}

function connected(address: TcpNetConnectOpts, onSocket: (socket: Socket) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    const closed = (): void => reject(new Error('the connection was given up'))
    socket.once('error', reject).once('close', closed)
    socket.once('connect', () => resolve(socket.off('error', reject).off('close', closed)))
    onSocket(socket)
  })
}
