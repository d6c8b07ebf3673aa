import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { listenReason } from '../../common/listen-reason.js'
import { hostPort, parsedHostPort } from './address.js'

/**
 * The address from which this machine reaches a master, and so by which the machines of its cluster reach this one; nothing is sent to find it.
 * @throws MASTER_UNREACHABLE when no way leads there
 */
export async function ownAddressFor(master: string): Promise<string> {
  const { host, port } = parsedHostPort(master)!
  let socket: ReturnType<typeof createSocket> | undefined
  try {
    const { address, family } = await lookup(host)
    socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.connect(port, address)
    await once(socket, 'connect')
    return socket.address().address
  } catch (cause) {
    throw new MillraceError(
      'MASTER_UNREACHABLE',
      { address: master, within: '', reason: (cause as Error).message },
      { cause },
    )
  } finally {
    socket?.close()
  }
}

/** Before others are told to connect to it. @throws CANNOT_LISTEN for an address that this machine does not have */
export async function checkOwnAddress(host: string): Promise<void> {
  const server = createServer()
  try {
    await once(server.listen(0, host), 'listening')
  } catch (cause) {
    throw new MillraceError('CANNOT_LISTEN', { address: hostPort(host, 0), reason: listenReason(cause) }, { cause })
  } finally {
    server.close()
  }
}
