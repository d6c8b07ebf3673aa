import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { MASTER_CONNECT_TIMEOUT_MS } from './limits.js'

const PAUSE_MS = 200

/** The address by which this machine reaches a master, and so by which the machines of its cluster reach this one. @throws MASTER_UNREACHABLE */
export async function ownAddressFor(address: string, timeoutMs = MASTER_CONNECT_TIMEOUT_MS): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  const [host, port] = address.split(':')
  for (let reason = 'nothing answers there'; ; ) {
    const socket = connect({ host: host!, port: Number(port) })
    try {
      await once(socket, 'connect', { signal })
      return socket.localAddress ?? '127.0.0.1'
    } catch (error) {
      if (!signal.aborted) reason = (error as Error).message
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) throw new MillraceError('MASTER_UNREACHABLE', { address, seconds: timeoutMs / 1000, reason })
    } finally {
      socket.destroy()
    }
  }
}
