import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a test lets a server do with a request before it answers as usual: true when that was the answer. */
export type Answer = (request: IncomingMessage, response: ServerResponse, content: Buffer) => boolean

export interface FileServer {
  readonly url: string
  /** The ranges that were asked for, in order; `all` without one. */
  readonly asked: string[]
  readonly files: Map<string, Buffer>
  /** In place of the usual answer. */
  answer: Answer | undefined
  /** Whether ranges are given, as servers of files do, or always all. */
  hasRanges: boolean
  tag: string
  close(): Promise<void>
}

/** A server of files that are in memory. */
export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>()
  const state = {
    url: '',
    asked: [] as string[],
    files,
    answer: undefined as Answer | undefined,
    hasRanges: true,
    tag: '"1"',
    close: () => closed(server),
  }
  const server = createServer((request, response) => {
    const content = files.get(new URL(request.url!, 'http://x').pathname.slice(1))
    state.asked.push(request.headers.range?.replace('bytes=', '') ?? 'all')
    if (content === undefined) return void response.writeHead(404).end()
    if (state.answer?.(request, response, content)) return
    usual(state, request, response, content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

function usual(state: FileServer, request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const condition = request.headers['if-range'] ?? state.tag
  if (state.tag) response.setHeader('etag', state.tag)
  if (!state.hasRanges || !range || condition !== state.tag) return void response.end(content)
  const [first, last] = [Number(range[1]), Math.min(Number(range[2]), content.length - 1)]
  if (first >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
  response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${content.length}` })
  response.end(content.subarray(first, last + 1))
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
