import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { BANNED } from './banned.js'
import { importFault, packageFault } from './import-table.js'
import { type Limits, limitsIn } from './limits.js'
import { functionLengths } from './measure.js'
import { unusedFaults } from './unused.js'

const NO_SOURCES: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git'])
/** Generated, as long as what they list. */
const OF_ANY_LENGTH: ReadonlySet<string> = new Set(['executor/kernels/interface/generated.ts', 'proto/wire.d.ts'])
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)|(?:^|\n)import '([^']+)'/g

/** Every fault of style in the project below `root`, one line each, except in what is installed or built. */
export function tidyFaults(root: string): readonly string[] {
  const files = sourcesBelow(root, '').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const limits = limitsIn(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'))
  return [...files.flatMap(({ path, text }) => fileFaults(path, text, limits)), ...unusedFaults(files)]
}

/** The TypeScript files below a folder of the project, by their paths from the root. */
function sourcesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return NO_SOURCES.has(path) ? [] : sourcesBelow(root, path)
    return /\.c?ts$/.test(path) ? [path] : []
  })
}

/** The faults of one file, given its path from the root and its text. */
export function fileFaults(file: string, text: string, limits: Limits): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const isTest = file.startsWith('test/')
  const faults: string[] = []
  if (lines.length > limits.file && !isTest && !OF_ANY_LENGTH.has(file))
    faults.push(`${file}: ${lines.length} lines, more than ${limits.file}`)
  if (!/^[a-z0-9.-]+$/.test(file.split('/').at(-1)!)) faults.push(`${file}: file names are kebab-case`)
  if (!isTest) {
    for (const { name, line, lines: length } of functionLengths(text)) {
      if (length > limits.function)
        faults.push(`${file}:${line}: ${name} has ${length} lines, more than ${limits.function}`)
    }
  }
  lines.forEach((line, i) => {
    for (const { pattern, instead, except } of BANNED) {
      if (pattern.test(line) && !except.some((prefix) => file.startsWith(prefix))) {
        faults.push(`${file}:${i + 1}: ${line.trim().slice(0, 60)} — write ${instead}`)
      }
    }
  })
  return file.startsWith('executor/kernels/assembly/') ? faults : [...faults, ...importFaults(file, text)]
}

function importFaults(file: string, text: string): string[] {
  const here = file.replace(/\.c?ts$/, '')
  return [...text.matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[1] ?? match[2] ?? match[3]!
    if (!specifier.startsWith('.')) return packageFault(here, specifier) ?? []
    return importFault(here, normalize(join(dirname(file), specifier)).replace(/\.(js|ts)$/, '')) ?? []
  })
}
