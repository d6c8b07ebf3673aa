import { unescape as decoded } from 'node:querystring'
import { setTimeout } from 'node:timers/promises'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../../common/growing-pause.js'
import { isUntrustedCertificate } from '../../../common/untrusted-certificate.js'
import { failedRead, reasonOf, refusedRead } from '../file-errors.js'
import type { HttpLimits } from './http-limits.js'
import { NO_SUCH_RANGE } from './replies.js'

/** What a file's server is asked. */
export interface HttpRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** About how many bytes the reply has. */
  readonly bytes: number
  readonly signal?: AbortSignal | undefined
}

const MS_PER_SECOND = 1000
/** Of servers that have too much to do, or are just being restarted. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
const GONE: ReadonlySet<number> = new Set([404, 410])
const NO_HOST = 'ENOTFOUND'

/** Asks servers of files, again when they fail in passing. */
export class HttpClient {
  readonly limits: HttpLimits

  constructor(limits: HttpLimits) {
    this.limits = limits
  }

  /**
   * Takes from a reply what `take` wants, its body included: a connection that breaks within it is one that failed.
   * @throws PATH_NOT_FOUND, FAILED_READ_FILE, OPERATION_CANCELED
   */
  async get<T>(request: HttpRequest, take: (response: Response) => Promise<T>): Promise<T> {
    const { url, headers } = withCredentialsApart(request)
    for (let tried = 1; ; tried++) {
      const outcome = await this.#once(request, url, headers, take)
      if ('taken' in outcome) return outcome.taken
      if (tried === this.limits.tries) {
        throw failedRead(request.path, `${outcome.fault}, also when it was asked ${tried} times`)
      }
      const { backoffMs: firstMs, mostBackoffMs: mostMs } = this.limits
      // As long as the server asks for, if that is more.
      const asked = Math.min(outcome.waitMs ?? 0, mostMs)
      await pause(Math.max(asked, growingPauseMs({ firstMs, mostMs }, tried - 1)), request.signal)
    }
  }

  async #once<T>(
    request: HttpRequest,
    url: string,
    headers: Headers,
    take: (response: Response) => Promise<T>,
  ): Promise<{ readonly taken: T } | { readonly fault: string; readonly waitMs?: number }> {
    const { waitMs, leastBytesPerSecond } = this.limits
    const most = Math.ceil(waitMs + (request.bytes / leastBytesPerSecond) * MS_PER_SECOND)
    const tooLate = AbortSignal.timeout(most)
    const signal = request.signal ? AbortSignal.any([request.signal, tooLate]) : tooLate
    try {
      const response = await fetch(url, { headers, signal })
      if (!response.ok && response.status !== NO_SUCH_RANGE) {
        await response.body?.cancel()
        return refusal(request.path, response)
      }
      refuseCompressed(request.path, response)
      return { taken: await take(response) }
    } catch (error) {
      if (MillraceError.is(error)) throw error
      if (request.signal?.aborted) throw new MillraceError('OPERATION_CANCELED')
      if (tooLate.aborted) throw failedRead(request.path, `its server did not answer within ${most} ms`)
      return faultOf(request.path, error)
    }
  }
}

/** What a URL says of its user goes into a header of its own: requests are made without. @throws FAILED_READ_FILE */
function withCredentialsApart({ path, headers }: HttpRequest): { readonly url: string; readonly headers: Headers } {
  if (!URL.canParse(path)) throw failedRead(path, 'it is no URL')
  const url = new URL(path)
  // Bytes are wanted as they are stored: positions count in these.
  const all = new Headers({ 'accept-encoding': 'identity', ...headers })
  if (url.username !== '' || url.password !== '') {
    const user = `${decoded(url.username)}:${decoded(url.password)}`
    all.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`)
    url.username = ''
    url.password = ''
  }
  return { url: url.href, headers: all }
}

/** @throws PATH_NOT_FOUND, FAILED_READ_FILE */
function refusal(path: string, response: Response): { readonly fault: string; readonly waitMs: number } {
  const { status } = response
  const answer = `${status} ${response.statusText}`.trim()
  if (GONE.has(status)) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (status === 401) throw refusedRead(path, `its server asks for other credentials than these (${answer})`)
  if (status === 403) throw refusedRead(path, `its server does not allow it (${answer})`)
  if (!PASSING.has(status)) throw failedRead(path, `its server answers ${answer}`)
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return { fault: `its server answers ${answer}`, waitMs: seconds > 0 ? seconds * MS_PER_SECOND : 0 }
}

/** @throws FAILED_READ_FILE */
function refuseCompressed(path: string, { headers }: Response): void {
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') throw failedRead(path, `its server sends it only compressed on the way (${encoding})`)
}

/** A connection that failed. @throws FAILED_READ_FILE when another try would fail as well */
function faultOf(path: string, error: unknown): { readonly fault: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = String((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
  const reason = reasonOf(cause) || code
  if (isUntrustedCertificate(code)) throw failedRead(path, `the certificate of its server is not trusted: ${reason}`)
  if (code === NO_HOST) throw failedRead(path, 'its host is not known')
  if (code === '') throw failedRead(path, reason)
  return { fault: `the connection to its server failed: ${reason}` }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(ms, undefined, { ...(signal ? { signal } : {}) })
  } catch {
    throw new MillraceError('OPERATION_CANCELED')
  }
}
