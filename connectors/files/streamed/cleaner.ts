import { rename, rm } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { isUrl } from '../../../common/is-url.js'
import { makeFolders } from '../../../common/make-folders.js'
import { unlessMissing } from '../../../common/system-errors.js'
import { failedWrite } from '../file-errors.js'
import { localPath } from '../systems/local-path.js'
import type { FilesOffset } from './batch-files.js'
import { type CleanSource, invalid } from './stream-options.js'

/** Deletes or moves files of batches that are committed. */
export class SourceCleaner {
  readonly #rule: CleanSource
  #cleaned = -1

  constructor(rule: CleanSource) {
    this.#rule = rule
  }

  /** The files of a batch, once. @throws FAILED_WRITE_FILE */
  async clean({ logOffset, files }: FilesOffset): Promise<void> {
    if (this.#rule.kind === 'off' || logOffset <= this.#cleaned) return
    this.#cleaned = logOffset
    for (const { path } of files) await this.#putAway(path)
  }

  async #putAway(path: string): Promise<void> {
    try {
      if (this.#rule.kind !== 'archive') return await rm(path, { force: true })
      const target = join(archiveOf(this.#rule.folder), path)
      await makeFolders(dirname(target))
      // A file that somebody has removed need not be put away.
      await rename(path, target).catch(unlessMissing)
    } catch (error) {
      throw failedWrite(path, error)
    }
  }
}

const archiveOf = (folder: string): string => resolve(localPath(folder))

/** What is read is not where files are put. @throws INVALID_OPTION */
export function checkCleaning(rule: CleanSource, paths: readonly string[]): void {
  const url = paths.find(isUrl)
  if (rule.kind !== 'off' && url !== undefined) throw invalid('cleanSource', rule.kind, `${url} is only read`)
  if (rule.kind !== 'archive') return
  const archive = archiveOf(rule.folder)
  const around = paths.find((path) => isWithin(archive, path) || isWithin(path, archive))
  if (around !== undefined)
    throw invalid(
      'sourceArchiveDir',
      rule.folder,
      `it and the path that is read, ${around}, may not lie one within the other`,
    )
}

const isWithin = (path: string, folder: string): boolean => !relative(folder, path).startsWith('..')
