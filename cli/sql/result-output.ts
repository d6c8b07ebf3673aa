import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { FORMATS, type FormatName } from '../output/formats.js'
import type { OutputStream } from '../output/write-result.js'

/** How results are written, and where: to the standard output, or to a file that a command named. */
export class ResultOutput {
  format: FormatName
  #file: WriteStream | undefined

  constructor(format: FormatName) {
    this.format = format
  }

  get path(): string | undefined {
    return this.#file && String(this.#file.path)
  }

  get stream(): OutputStream {
    return this.#file ?? process.stdout
  }

  /** Ends the file there is. @throws FAILED_WRITE_FILE */
  async sendTo(path: string | undefined): Promise<void> {
    const before = this.#file
    this.#file = undefined
    if (before) await new Promise<void>((resolve) => before.end(resolve))
    if (path === undefined) {
      if (FORMATS[this.format].isBinary) this.format = 'table'
      return
    }
    const file = createWriteStream(path)
    try {
      await once(file, 'open')
    } catch (cause) {
      throw new MillraceError('FAILED_WRITE_FILE', { path, reason: (cause as Error).message }, { cause })
    }
    // Whoever writes hears of it.
    file.on('error', () => undefined)
    this.#file = file
  }
}
