// Makes one script of all modules of ours that tests import, with the code that V8 makes of it: to load them one by one is half of what a process
// of tests does. `dist/chunks` holds the script, its cached code, and for each module one of a line that exports what the script has of it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { runBounded } from '../code-caches/bounded.mjs'
import { makeCodeCaches } from '../code-caches/make.mjs'
import { V8_FLAGS } from './flags.mjs'
import { FOLDER, MODULES, OURS, SCRIPT } from './places.mjs'

/** Folders whose modules stay as they are: they find their data by where they lie. */
const OF_TESTS = ['test', 'bench', 'examples', 'tools']
const IMPORTED = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+\.js)['"]/g

const modulesIn = (folder) =>
  readdirSync(join(OURS, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => posix.join(folder, path))

/** What modules of tests import that is not of tests. */
function importedByTests(paths) {
  const imported = new Set()
  for (const path of paths)
    for (const [, specifier] of readFileSync(join(OURS, path), 'utf8').matchAll(IMPORTED)) {
      const target = posix.join(posix.dirname(path), specifier)
      const isOurs = !target.startsWith('..') && ![...OF_TESTS, 'bundle'].includes(target.split('/')[0])
      if (isOurs && existsSync(join(OURS, target))) imported.add(target)
    }
  return [...imported].toSorted()
}

function isStale(inputs) {
  if (!existsSync(MODULES)) return true
  const built = statSync(MODULES).mtimeMs
  return inputs.some((path) => statSync(path).mtimeMs > built)
}

/** @param root the project's folder */
export async function bundleForTests(root) {
  await makeScript(root)
  // Threads of sessions run from the bundle: their code is cached for these flags besides that of the build.
  makeCodeCaches(root, V8_FLAGS)
}

async function makeScript(root) {
  const folders = readdirSync(OURS, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const paths = folders.flatMap(({ name }) => (['bundle', 'chunks'].includes(name) ? [] : modulesIn(name)))
  const tools = readdirSync(fileURLToPath(new URL('.', import.meta.url))).map((name) =>
    join(root, 'tools/tested', name),
  )
  // Packages that only the bundle needs are in the script.
  const packages = ['package.json', 'package-lock.json'].map((name) => join(root, name))
  // What warms it up.
  const stream = join(root, 'tools/code-caches/stream.mjs')
  if (!isStale([...paths.map((path) => join(OURS, path)), ...tools, ...packages, stream])) return
  const { dependencies } = JSON.parse(readFileSync(packages[0], 'utf8'))
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const imported = importedByTests(paths.filter((path) => OF_TESTS.includes(path.split('/')[0])))
  const entries = imported.map((path) => `${JSON.stringify(path)}: () => require('./${path}')`)
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = { ${entries.join(',\n')} }`, resolveDir: OURS },
    outfile: SCRIPT,
    bundle: true,
    external: Object.keys(dependencies),
    platform: 'node',
    // What is imported from packages is required when the module that needs it is run, not at once.
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
    define: { 'import.meta.url': '$url' },
    write: false,
  })
  // What a script imports is imported by its loader. Of ASCII alone, V8 holds it in half the memory.
  const code = outputFiles[0].text
    .replace(/(?<![\w.$])import\(/g, '$import(')
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  writeFileSync(SCRIPT, `"use strict";(function(module,exports,require,$url,$import){${code}\n})`)
  runBounded([...V8_FLAGS, fileURLToPath(new URL('warm-up.mjs', import.meta.url))], root)
  writeFileSync(MODULES, JSON.stringify(imported.map((path) => pathToFileURL(join(OURS, path)).href)))
}
