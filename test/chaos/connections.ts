/*
 * Loaded before a program (`--import`): its connections go through the network of the chaos (test/support/network.ts), which CHAOS_NETWORK has the port of, and which
 * is told first from where (CHAOS_PLACE) and where to.
 */
import { Socket } from 'node:net'

const port = Number(process.env['CHAOS_NETWORK'])
const place = process.env['CHAOS_PLACE'] ?? ''

type Connect = (this: Socket, ...args: unknown[]) => Socket

const connect = Socket.prototype.connect as Connect
const throughNetwork: Connect = function (...args) {
  // As `net.connect` hands them on, or as the user of a socket gives them.
  const given = (Array.isArray(args[0]) ? (args[0] as unknown[]) : args) as [Record<string, unknown>, ...unknown[]]
  const [options, ...rest] = given
  if (typeof options !== 'object' || options['port'] === undefined || options['port'] === port)
    return connect.apply(this, args)
  const to = `${options['host'] ?? '127.0.0.1'}:${options['port']}`
  this.prependOnceListener('connect', () => this.write(`${place} ${to}\n`))
  return connect.apply(this, [{ ...options, host: '127.0.0.1', port }, ...rest])
}
Object.assign(Socket.prototype, { connect: throughNetwork })
