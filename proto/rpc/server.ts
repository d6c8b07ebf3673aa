import { once } from 'node:events'
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js'
import type { Block } from '../../columnar/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FetchRequest } from '../protocol.js'
import { decodeFetchRequest, encodeBlock } from '../wire-codec.js'
import { carriesSecret } from './secret.js'
import { CHANNEL_OPTIONS, CONTROL_SERVICE, DATA_SERVICE } from './services.js'

// What goes wrong reaches us as an error and is reported as a condition; the library's own lines would only be noise beside it.
setLogVerbosity(logVerbosity.NONE)

export type ControlCall = ServerDuplexStream<Buffer, Buffer>

export interface RpcServerOptions {
  /** Loopback unless the user said otherwise. */
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly secret: string
  serveBlocks(request: FetchRequest, signal: AbortSignal): AsyncIterable<Block>
  /** Only the driver takes executors. */
  connected?(call: ControlCall): void
}

/** A listening gRPC server of the driver or an executor. Calls without the application's secret are refused before anything else. */
export class RpcServer {
  readonly address: string
  readonly #server: Server

  private constructor(server: Server, address: string) {
    this.#server = server
    this.address = address
  }

  /** @throws CANNOT_LISTEN when the port is taken or the host is not ours */
  static async listen(options: RpcServerOptions): Promise<RpcServer> {
    const server = new Server(CHANNEL_OPTIONS)
    server.addService(DATA_SERVICE, {
      fetch: (call: ServerWritableStream<Buffer, Buffer>) => void serveBlocks(call, options),
    })
    const { connected } = options
    if (connected) {
      server.addService(CONTROL_SERVICE, {
        connect: (call: ControlCall) => {
          if (!carriesSecret(call.metadata, options.secret)) return refuse(call)
          connected(call)
        },
      })
    }
    const wanted = `${options.host}:${options.port}`
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(wanted, ServerCredentials.createInsecure(), (error, bound) => {
        if (!error) return resolve(bound)
        reject(new MillraceError('CANNOT_LISTEN', { address: wanted, reason: error.message }, { cause: error }))
      })
    })
    return new RpcServer(server, `${options.host}:${port}`)
  }

  /** Lets calls that are ending end, for a bounded while, then breaks all connections. */
  async close(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
      this.#server.tryShutdown(() => resolve())
    })
    clearTimeout(timer)
    this.#server.forceShutdown()
  }
}

function refuse(call: ControlCall | ServerWritableStream<Buffer, Buffer>): void {
  call.emit('error', { code: status.UNAUTHENTICATED, details: 'the secret does not match' })
}

async function serveBlocks(call: ServerWritableStream<Buffer, Buffer>, options: RpcServerOptions): Promise<void> {
  if (!carriesSecret(call.metadata, options.secret)) return refuse(call)
  const abort = new AbortController()
  call.on('cancelled', () => abort.abort())
  // A broken connection ends the call; whoever asked has noticed as well.
  call.on('error', () => abort.abort())
  try {
    for await (const block of options.serveBlocks(decodeFetchRequest(call.request), abort.signal)) {
      if (abort.signal.aborted) return
      if (!call.write(encodeBlock(block))) await once(call, 'drain', { signal: abort.signal })
    }
    call.end()
  } catch (error) {
    if (abort.signal.aborted) return
    const details = error instanceof Error ? error.message : String(error)
    call.emit('error', { code: status.NOT_FOUND, details })
  }
}
