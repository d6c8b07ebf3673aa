import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BUNDLE } from '../bundle.mjs'
import { runBounded } from './bounded.mjs'

/**
 * Has the bundle bring the code that this version of Node makes of it, unless it does: a mark goes with the bundle, and is written last, so that a
 * build that was stopped is made up for.
 * @param root the project's folder
 * @param flags of V8, each set of which has its own code
 */
export function makeCodeCaches(root, flags = []) {
  // Packages leave out what ends so.
  const mark = join(root, BUNDLE, `made-by-${process.version}${flags.join('')}.cache`)
  if (existsSync(mark)) return
  const first = pathToFileURL(join(root, 'tools/code-caches/in-each-thread.mjs')).href
  runBounded([...flags, '--import', first, 'tools/code-caches/run.mjs'], root)
  writeFileSync(mark, '')
}
