import type { ControlCall } from './server.js'

/**
 * Hears the messages of a call no faster than the other side reads what it is answered: who asks and asks, and reads nothing, would fill the memory of this process with
 * answers.
 */
export function heardAsRead(call: ControlCall, hear: (bytes: Buffer) => void): void {
  call.on('data', (bytes: Buffer) => {
    hear(bytes)
    if (!call.writableNeedDrain || call.isPaused()) return
    call.pause()
    call.once('drain', () => call.resume())
  })
}
