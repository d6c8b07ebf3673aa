import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A connection between two places: `near` is who opened it, `far` who was asked for. */
interface Line {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly near: Socket
  far: Socket | undefined
  /** What the ends are not told of yet. */
  isBroken: boolean
  /** The other end is gone, and this is never told. */
  isHalfOpen: boolean
}

const MOST_BYTES_OF_GREETING = 200

/**
 * A network that misbehaves when told to, without any right of root: processes connect through it when they have loaded connections.ts of the chaos
 * before, others through a relay. Places are addresses of machines, 127.0.0.2 and so on.
 */
export class Network {
  readonly #servers: Server[] = []
  readonly #lines = new Set<Line>()
  /** Between one of these places and any other nothing passes, and nobody is told so. */
  readonly #separate = new Set<string>()
  #delayMs = 0

  /** Where processes connect to. */
  readonly port: number

  private constructor(port: number, server: Server) {
    this.port = port
    this.#servers.push(server)
  }

  static async start(): Promise<Network> {
    const server = createServer({ allowHalfOpen: true }, (near) => network.#entered(near))
    const network = new Network(await listening(server), server)
    return network
  }

  /** An address that leads to another, for who is at a place. */
  async relay(from: string, address: string): Promise<string> {
    const server = createServer({ allowHalfOpen: true }, (near) => this.#begin(near.pause(), from, address))
    this.#servers.push(server)
    return `127.0.0.1:${await listening(server)}`
  }

  /** Connections that are open, from where and where to. */
  get open(): readonly string[] {
    return [...this.#lines].map((line) => `${line.from} to ${line.to}:${line.port}`)
  }

  /** Breaks what connects a place with others, so that both ends are told. @returns how many connections that were */
  cut(place: string): number {
    const struck = this.#ofPlace(place)
    for (const line of struck) this.#destroy(line)
    return struck.length
  }

  /** Breaks them so that only those who were connected to are told: whoever opened them waits. */
  halfOpen(place: string): number {
    const struck = this.#ofPlace(place)
    for (const line of struck) {
      line.isHalfOpen = true
      line.far?.destroy()
      line.near.resume()
    }
    return struck.length
  }

  /** Nothing passes between a place and others from now on. */
  separate(place: string): void {
    this.#separate.add(place)
    for (const line of this.#ofPlace(place)) for (const end of endsOf(line)) end.pause()
  }

  /** All that waited passes, and ends of connections that broke meanwhile are told. */
  heal(): void {
    this.#separate.clear()
    this.#delayMs = 0
    for (const line of this.#lines) {
      if (line.isHalfOpen) continue
      if (line.isBroken) this.#destroy(line)
      else if (!line.far) this.#goOn(line)
      for (const end of endsOf(line)) end.resume()
    }
  }

  /** From now on everything is so late. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs
  }

  close(): void {
    for (const server of this.#servers) server.close()
    for (const line of this.#lines) this.#destroy(line)
  }

  #ofPlace(place: string): readonly Line[] {
    return [...this.#lines].filter(({ from, to }) => (from === place) !== (to === place))
  }

  readonly #isSeparate = ({ from, to }: Line): boolean =>
    from !== to && (this.#separate.has(from) || this.#separate.has(to))

  #entered(near: Socket): void {
    near.on('error', () => undefined)
    let greeting = Buffer.alloc(0)
    const read = (bytes: Buffer): void => {
      greeting = Buffer.concat([greeting, bytes])
      const end = greeting.indexOf('\n')
      if (end < 0) return greeting.length > MOST_BYTES_OF_GREETING ? void near.destroy() : undefined
      near.off('data', read).pause()
      if (end + 1 < greeting.length) near.unshift(greeting.subarray(end + 1))
      const [from, to] = greeting.toString('utf8', 0, end).split(' ') as [string, string]
      this.#begin(near, from, to)
    }
    near.on('data', read)
  }

  #begin(near: Socket, from: string, address: string): void {
    const [to, port] = address.split(':') as [string, string]
    const line: Line = { from, to, port: Number(port), near, far: undefined, isBroken: false, isHalfOpen: false }
    this.#lines.add(line)
    near.on('error', () => undefined).once('close', () => this.#ended(line))
    if (!this.#isSeparate(line)) this.#goOn(line)
  }

  #goOn(line: Line): void {
    const far = connect({ host: line.to, port: line.port, allowHalfOpen: true })
    line.far = far
    far.on('error', () => undefined)
    far.once('close', () => this.#ended(line))
    this.#pass(line, line.near, far)
    this.#pass(line, far, line.near)
  }

  #pass(line: Line, from: Socket, to: Socket): void {
    let dueMs = 0
    const inTurn = (act: () => void): void => {
      const nowMs = performance.now()
      dueMs = Math.max(dueMs, nowMs + this.#delayMs)
      if (dueMs <= nowMs) act()
      else setTimeout(act, dueMs - nowMs)
    }
    from.on('data', (bytes: Buffer) => {
      inTurn(() => {
        if (to.destroyed || to.write(bytes)) return
        from.pause()
        to.once('drain', () => {
          if (!this.#isSeparate(line)) from.resume()
        })
      })
    })
    from.once('end', () => inTurn(() => (line.isHalfOpen ? this.#destroy(line) : to.end())))
    if (this.#isSeparate(line)) from.pause()
    else from.resume()
  }

  /** One of its ends is gone: the other is told, unless the network is not there to do it. */
  #ended(line: Line): void {
    if (line.isHalfOpen) return line.near.destroyed ? this.#destroy(line) : undefined
    line.isBroken = true
    if (!this.#isSeparate(line)) this.#destroy(line)
  }

  #destroy(line: Line): void {
    this.#lines.delete(line)
    for (const end of endsOf(line)) end.destroy()
  }
}

const endsOf = ({ near, far }: Line): readonly Socket[] => (far ? [near, far] : [near])

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
