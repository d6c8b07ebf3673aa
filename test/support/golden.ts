import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

const ROOT = fileURLToPath(new URL('../../../test/data/', import.meta.url))

/** Compares a text with a file under test/data; `UPDATE_GOLDEN=1` writes the file instead. */
export function matchesGolden(t: ExecutionContext, path: string, text: string): void {
  const file = `${ROOT}${path}`
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true })
    writeFileSync(file, text)
  }
  t.is(text, readFileSync(file, 'utf8'), `${path} (UPDATE_GOLDEN=1 renews it)`)
}
