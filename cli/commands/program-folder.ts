import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'

const PACKAGE = 'package.json'

/** The folder that is the code of a program: the nearest one above it with a package.json, or the one that it lies in. */
export function codeFolderOf(program: string): string {
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PACKAGE))) return folder
    if (folder === dirname(folder)) return dirname(program)
  }
}

/** Whether the code in a folder needs packages other than this one. @throws FAILED_READ_FILE */
export function needsModules(folder: string): boolean {
  const path = join(folder, PACKAGE)
  if (!existsSync(join(folder, 'node_modules')) || !existsSync(path)) return false
  try {
    const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
      dependencies?: Readonly<Record<string, string>>
    }
    return Object.keys(dependencies).some((name) => name !== 'millrace')
  } catch (cause) {
    throw new MillraceError('FAILED_READ_FILE', { path, reason: (cause as Error).message }, { cause })
  }
}
