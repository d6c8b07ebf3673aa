import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { ServerOptions } from '../options/server-options.js'
import { quotedIdentifier } from '../sql.js'
import { failureOf } from './failure.js'

/** How often a server is tried that cannot be reached, and how long the first pause is, which doubles. */
const MOST_TRIES = 3
const PAUSE_MS = 100
const NO_TLS = 'The server does not support SSL connections'

/** A statement that drives the connection itself. */
export type Submitted = pg.Submittable

/** A connection to a server, on which one thing is done after the other. */
export class Connection {
  readonly server: string
  readonly #client: pg.Client
  readonly #onAbort: () => void
  readonly #signal: AbortSignal | undefined
  #isClosed = false
  #broken: unknown

  private constructor(server: string, client: pg.Client, signal: AbortSignal | undefined) {
    this.server = server
    this.#client = client
    this.#signal = signal
    this.#onAbort = () => this.destroy()
    signal?.addEventListener('abort', this.#onAbort)
    client.on('error', (error) => {
      this.#broken = error
    })
  }

  /** @throws POSTGRES_UNAVAILABLE, POSTGRES_AUTHENTICATION_FAILED, POSTGRES_CERTIFICATE_NOT_TRUSTED, OPERATION_CANCELED */
  static async open(options: ServerOptions, signal?: AbortSignal): Promise<Connection> {
    const server = `${options.host}:${options.port}/${options.database}`
    for (let tried = 1; ; tried++) {
      if (signal?.aborted) throw new MillraceError('OPERATION_CANCELED')
      try {
        const connection = new Connection(server, await connected(options), signal)
        await connection.#begin(options)
        return connection
      } catch (error) {
        const failure = failureOf(server, error)
        if (failure.condition !== 'POSTGRES_UNAVAILABLE' || tried === MOST_TRIES) throw failure
        await setTimeout(PAUSE_MS * 2 ** (tried - 1))
      }
    }
  }

  /** The rows that a statement gives, by position. @throws POSTGRES_REQUEST_REFUSED, POSTGRES_UNAVAILABLE */
  async rows(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return (await this.result(text, values)).rows
  }

  async result(text: string, values: readonly unknown[] = []): Promise<pg.QueryArrayResult> {
    try {
      return await this.#client.query({ text, values: [...values], rowMode: 'array' })
    } catch (error) {
      throw this.failure(error)
    }
  }

  submit(statement: Submitted): void {
    this.#client.query(statement)
  }

  /** What an error of the connection means. */
  failure(error: unknown): MillraceError {
    if (this.#signal?.aborted) return new MillraceError('OPERATION_CANCELED')
    return failureOf(this.server, error)
  }

  /** What broke the connection while nothing was asked. */
  get broken(): unknown {
    return this.#broken
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    // A connection that is gone needs no closing.
    await this.#client.end().catch(() => undefined)
  }

  /** Ends it at once, with what is under way. */
  destroy(): void {
    this.#isClosed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    socketOf(this.#client).destroy()
  }

  async #begin({ currentSchema, initStatement }: ServerOptions): Promise<void> {
    try {
      const path = currentSchema === undefined ? '' : `set search_path to ${quotedIdentifier(currentSchema)};`
      // Texts of values are read and written in one way, whatever the server's settings are.
      await this.rows(`set datestyle to 'ISO'`)
      await this.rows(`set extra_float_digits to 1`)
      await this.rows(`set intervalstyle to 'postgres'`)
      if (path !== '') await this.rows(path)
      if (initStatement !== undefined) await this.rows(initStatement)
    } catch (error) {
      await this.close()
      throw error
    }
  }
}

const socketOf = (client: pg.Client): { destroy(): void } =>
  (client as unknown as { readonly connection: pg.Connection }).connection.stream

async function connected(options: ServerOptions): Promise<pg.Client> {
  const { sslMode } = options
  if (sslMode === 'disable') return await login(options, false)
  try {
    return await login(options, true)
  } catch (error) {
    if (sslMode !== 'prefer' || (error as Error).message !== NO_TLS) throw error
    return await login(options, false)
  }
}

async function login(options: ServerOptions, isEncrypted: boolean): Promise<pg.Client> {
  const client = new pg.Client({
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.user,
    password: options.password,
    ssl: isEncrypted ? options.tls : false,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    client_encoding: 'UTF8',
    keepAlive: true,
  })
  try {
    await client.connect()
    return client
  } catch (error) {
    client.end().catch(() => undefined)
    throw error
  }
}
