import { askedOnce } from '../../../common/asked-once.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { failedRead } from '../file-errors.js'
import type { FileSystem } from '../systems/file-system.js'
import type { FileReader, OpenFile, PlannedFile } from '../systems/open-file.js'
import type { FoundFile } from '../systems/paths.js'
import { HttpClient } from './http-client.js'
import { HttpFile } from './http-file.js'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.js'
import { bodyOf, changedIn, contentRange, NO_SUCH_RANGE, PARTIAL, versionIn } from './replies.js'
import { pathOfUrl } from './url.js'

/** Files by their URLs, for reading. A server lists nothing: each URL is one file. */
export class HttpFileSystem implements FileSystem {
  readonly #client: HttpClient

  constructor(limits: HttpLimits = HTTP_LIMITS) {
    this.#client = new HttpClient(limits)
  }

  async list(paths: readonly string[]): Promise<readonly FoundFile[]> {
    for (const path of paths) {
      const within = pathOfUrl(path)
      if (within.endsWith('/')) throw refused(`folders of URLs (${path})`)
      if (/[*{[]/.test(within)) throw refused(`patterns of URLs (${path})`)
    }
    return paths.map((path) => ({ path, folder: '' }))
  }

  /** Once for each query: the reply may take longer than reading the file. */
  stat(path: string): Promise<PlannedFile> {
    return askedOnce(`the size of ${path}`, () => this.#stat(path))
  }

  /** Asks for the first byte: unlike a question without a body, that tells whether the server gives ranges, and signed URLs allow it. */
  #stat(path: string): Promise<PlannedFile> {
    return this.#client.get({ path, headers: { range: 'bytes=0-0' }, bytes: 1 }, async (response) => {
      const told = contentRange(response)
      const found = { version: versionIn(response), modifiedMs: changedIn(response) }
      if (response.status === NO_SUCH_RANGE && told?.size === 0) {
        await response.body?.cancel()
        return { path, size: 0, ...found }
      }
      if (response.status !== PARTIAL) return this.#undivided(path, response)
      await response.body?.cancel()
      if (told?.size === undefined) throw failedRead(path, 'its server does not tell how large it is')
      return { path, size: told.size, ...found }
    })
  }

  open(file: PlannedFile, reader: FileReader): OpenFile {
    return new HttpFile(file, this.#client, reader)
  }

  /** A file of a server that knows no ranges. */
  async #undivided(path: string, response: Response): Promise<PlannedFile> {
    const { mostWholeBytes } = this.#client.limits
    if (!response.ok) throw failedRead(path, `its server answers ${response.status} to the first byte`)
    const told = response.headers.get('content-length')
    const size = told === null ? (await bodyOf(response, path, mostWholeBytes)).length : Number(told)
    await response.body?.cancel()
    if (size > mostWholeBytes) {
      const reason = `its server gives no ranges of it, and of such files at most ${mostWholeBytes} bytes are read`
      throw failedRead(path, `it has ${size} bytes, ${reason}`)
    }
    return { path, size, version: versionIn(response), modifiedMs: changedIn(response), isUndivided: true }
  }
}

const refused = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
