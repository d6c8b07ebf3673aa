import { setImmediate } from 'node:timers/promises'
import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'
import { isSound } from './file-errors.js'

/** After so many files other work of the process gets its turn; of so many at once servers are asked. */
const FILES_AT_A_TIME = 16

/** Which faults of files are passed over: such a file has no rows, or none behind the fault. */
export class FileFaults {
  readonly ignoresMissing: boolean
  readonly #ignoresCorrupt: boolean

  /** @param options those of a source of files, with the settings of the session. @throws INVALID_OPTION */
  constructor(options: Options) {
    const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
    this.ignoresMissing = flag(given, 'ignoreMissingFiles')
    this.#ignoresCorrupt = flag(given, 'ignoreCorruptFiles')
  }

  /** As in Spark a file that may not be read is neither corrupt nor missing. */
  passesOver(error: unknown): boolean {
    if (!MillraceError.is(error)) return false
    if (error.condition === 'PATH_NOT_FOUND') return this.ignoresMissing
    return error.condition === 'FAILED_READ_FILE' && this.#ignoresCorrupt && !isSound(error)
  }

  /** Something of each file, in order, but for those that are passed over: of files of this machine at once, of some others at the same time. */
  async ofEach<T>(paths: readonly string[], look: (path: string) => T | Promise<T>): Promise<T[]> {
    const all: T[] = []
    for (let from = 0; from < paths.length; from += FILES_AT_A_TIME) {
      if (from > 0) await setImmediate()
      const some = paths.slice(from, from + FILES_AT_A_TIME).map((path) => this.#look(path, look))
      append(all, (await Promise.all(some)).flat(1) as T[])
    }
    return all
  }

  /** What is told of a file, or `otherwise` where that fails and is passed over. */
  unless<T>(tell: () => T, otherwise: T): T {
    try {
      return tell()
    } catch (error) {
      if (this.passesOver(error)) return otherwise
      throw error
    }
  }

  async #look<T>(path: string, look: (path: string) => T | Promise<T>): Promise<readonly T[]> {
    try {
      return [await look(path)]
    } catch (error) {
      if (this.passesOver(error)) return []
      throw error
    }
  }
}

/** A flag among options by their names in lower case. @throws INVALID_OPTION */
export function flag(given: ReadonlyMap<string, string>, option: string): boolean {
  const value = given.get(option.toLowerCase()) ?? 'false'
  const isTrue = value.toLowerCase() === 'true'
  if (isTrue || value.toLowerCase() === 'false') return isTrue
  throw new MillraceError('INVALID_OPTION', { option, value, reason: 'it is true or false' })
}
