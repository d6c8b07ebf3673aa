import type { Socket } from 'node:net'

/** Resolves when it is on its way: whoever takes the socket over must not find a write under way. Rejects when the connection breaks. */
export const written = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()))
  })

/** Reads a socket by numbers of bytes; what comes behind them stays for whoever reads it next. */
export class ExactReader {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** So many bytes, or fewer when the other side ended before. Rejects when it said nothing more, and when the connection breaks. */
  read(bytes: number): Promise<Buffer> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      const done = (): void => {
        socket.off('readable', attempt).off('error', fail).off('close', ended).off('end', attempt)
      }
      const attempt = (): void => {
        const given = socket.read(bytes) as Buffer | null
        if (given === null && !socket.readableEnded && !socket.destroyed) return
        if (given === null) return ended()
        done()
        resolve(given)
      }
      const fail = (error: Error): void => {
        done()
        reject(error)
      }
      const ended = (): void => fail(new Error('it closed the connection'))
      socket.on('readable', attempt).on('error', fail).on('close', ended).on('end', attempt)
      attempt()
    })
  }
}
