import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { listenReason } from '../../common/listen-reason.js'
import { hostPort } from '../../proto/rpc/address.js'
import { CONTENT_TYPE, exposition, type MetricFamily } from './exposition.js'

/** Scrapers are few; more connections than these are refused. */
const MOST_CONNECTIONS = 32
/** A request has no body and few headers. */
const REQUEST_TIMEOUT_MS = 10_000

/** Serves metrics at `/metrics`. It is no reason for its process to live on. */
export class MetricsServer {
  readonly url: string
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  /** @param port 0 takes any that is free. @throws CANNOT_LISTEN */
  static async listen(host: string, port: number, families: () => readonly MetricFamily[]): Promise<MetricsServer> {
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
      (request, response) => answer(request, response, families),
    )
    server.maxConnections = MOST_CONNECTIONS
    server.unref()
    server.on('connection', (socket) => socket.unref())
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const reason = listenReason(cause, 'set metrics.port')
        reject(new MillraceError('CANNOT_LISTEN', { address: hostPort(host, port), reason }, { cause }))
      })
      server.listen(port, host, resolve)
    })
    return new MetricsServer(server, `http://${hostPort(host, (server.address() as AddressInfo).port)}/metrics`)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }
}

function answer(request: IncomingMessage, response: ServerResponse, families: () => readonly MetricFamily[]): void {
  const [path] = (request.url ?? '').split('?')
  if (path !== '/metrics') return refuse(response, 404, 'Metrics are at /metrics.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Metrics can only be read.')
  const text = exposition(families())
  response.writeHead(200, { 'Content-Type': CONTENT_TYPE, 'Content-Length': Buffer.byteLength(text) })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  })
  response.end(`${text}\n`)
}
