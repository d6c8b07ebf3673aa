import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cachedDataVersionTag } from 'node:v8'
import { Script } from 'node:vm'

/** A part of our bundle that this thread has loaded. */
export interface LoadedScript {
  readonly script: Script
  /** Where the code of its functions is kept for the next start. */
  readonly cachePath: string
  /** Whether it came with that code; not when another version of Node had made it. */
  readonly wasCached: boolean
}

const loaded: LoadedScript[] = []

/** All parts that this thread has loaded so far. */
export const loadedScripts = (): readonly LoadedScript[] => loaded

/**
 * Runs a script of the bundle with the code that V8 made of it when the package was built: to parse and compile it anew is two fifths of a
 * first query. Modules cannot bring such code before Node 22, so the build makes scripts of them (tools/chunk-scripts.mjs).
 * Each version of V8, with each set of flags, has its own.
 * @param url the script
 * @param digest of its text, as V8 itself would take code of another text of the same length
 * @returns what the script comes to
 */
export function runScript(url: string, digest: string): unknown {
  const path = fileURLToPath(url)
  const cachePath = `${path}.${digest}.${cachedDataVersionTag().toString(16)}.cache`
  const cachedData = readIfThere(cachePath)
  const script = new Script(readFileSync(path, 'utf8'), { filename: url, ...(cachedData ? { cachedData } : {}) })
  loaded.push({ script, cachePath, wasCached: script.cachedDataRejected === false })
  return script.runInThisContext()
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    // Packages come without: code is good for one version of Node only.
    return undefined
  }
}
