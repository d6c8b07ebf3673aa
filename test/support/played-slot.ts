import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Slot, SlotTask } from '../../executor/pool/slot.js'
import type { HostMessage, ThreadMessage, ThreadOrder } from '../../executor/worker/thread-protocol.js'

/** The thread of a slot, played by a test, at the other end of a port that is there for each task. */
export interface Player {
  run(task: SlotTask, port: MessagePort): Promise<void>
  replace(): Promise<void>
}

export function playedSlot(player: Player): Slot {
  let port: MessagePort | undefined
  const slot = {
    number: 0,
    run: async (task: SlotTask, hear: (message: ThreadMessage) => void): Promise<void> => {
      const { port1, port2 } = new MessageChannel()
      port = port1
      port1.on('message', (message: ThreadMessage) => {
        hear(message)
        if (message.kind === 'succeeded' || message.kind === 'failed') port1.close()
      })
      try {
        await player.run(task, port2)
      } catch (error) {
        port1.close()
        throw error
      }
    },
    tell: (message: HostMessage) => port?.postMessage({ kind: 'tell', message } satisfies ThreadOrder),
    replace: () => player.replace(),
  }
  return slot as unknown as Slot
}
