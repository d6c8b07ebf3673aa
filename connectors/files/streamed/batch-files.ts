import type { Json } from '../../api.js'
import type { FoundFile } from '../systems/paths.js'

/** A file as a stream reads it. */
export interface StreamedFile extends FoundFile {
  readonly modifiedMs: number
  readonly size: number
}

/** How far a stream of files is: the number of the last batch that had files, and these. */
export interface FilesOffset {
  readonly logOffset: number
  readonly files: readonly StreamedFile[]
}

export const NOTHING_READ: FilesOffset = { logOffset: -1, files: [] }

export const fileToJson = ({ path, modifiedMs, size, folder }: StreamedFile): Json => [
  path,
  modifiedMs,
  size,
  ...(folder === '' ? [] : [folder]),
]

export function fileFromJson(json: Json): StreamedFile {
  const [path, modifiedMs, size, folder = ''] = json as [string, number, number, string?]
  return { path, modifiedMs, size, folder }
}

export const offsetToJson = ({ logOffset, files }: FilesOffset): Json => ({ logOffset, files: files.map(fileToJson) })

export function offsetFromJson(json: Json): FilesOffset {
  const { logOffset, files } = json as { readonly logOffset: number; readonly files: readonly Json[] }
  return { logOffset, files: files.map(fileFromJson) }
}
