import type { ClientOptions } from './client-options.js'
import { KafkaClient } from './kafka-client.js'

const IDLE_MS = 30_000

interface Cached {
  readonly client: KafkaClient
  users: number
  idle?: NodeJS.Timeout | undefined
}

const clients = new Map<string, Cached>()

export interface ClientLease {
  readonly client: KafkaClient
  /** Must be called; the connections stay for a while for the next user, without keeping the process alive. */
  release(): void
}

/** The thread's connections for these options. */
export function leaseClient(options: ClientOptions, allowAutoTopicCreation = false): ClientLease {
  const checksHosts = options.ssl?.checkServerIdentity === undefined
  const key = JSON.stringify([options, checksHosts, allowAutoTopicCreation])
  const cached: Cached = clients.get(key) ?? { client: new KafkaClient(options, allowAutoTopicCreation), users: 0 }
  clients.set(key, cached)
  clearTimeout(cached.idle)
  if (cached.users++ === 0) cached.client.setKeepsAlive(true)
  let released = false
  return {
    client: cached.client,
    release() {
      if (released) return
      released = true
      if (--cached.users > 0) return
      cached.client.setKeepsAlive(false)
      cached.idle = setTimeout(() => {
        clients.delete(key)
        // Nobody waits for it; a connection that is already gone needs no closing.
        cached.client.close().catch(() => undefined)
      }, IDLE_MS).unref()
    },
  }
}

/** Closes the connections nobody uses, at the end of a session. */
export async function closeIdleClients(): Promise<void> {
  for (const [key, { client, users, idle }] of [...clients]) {
    if (users > 0) continue
    clearTimeout(idle)
    clients.delete(key)
    await client.close()
  }
}
