import { dirname, join, normalize } from 'node:path'

/** A source file by its path from the root, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Files that something outside of the imports starts: programs, what a thread or package loads, what the bundle is loaded by, tests. */
const ENTRIES = [
  /^api\/index\.ts$/,
  /^(cli|driver|executor|examples\/\w+)\/main\.ts$/,
  /^executor\/worker\/entry\.cts$/,
  /^bench\/run\.ts$/,
  /^common\/cached-script\.ts$/,
  /^test\//,
  /\.d\.ts$/,
]
/** Linked by AssemblyScript: which of its functions are kernels says the generated interface. */
const KERNEL_SOURCES = /^executor\/kernels\/assembly\//
/** All layouts are taken to be compared when kernels are loaded, which is no use of them. */
const KERNEL_LAYOUT = 'executor/kernels/layout.ts'
const GENERATED = 'executor/kernels/interface/generated.ts'
const KERNEL = /^ {2}(\w+): '[^']*->/gm

/** Values only: a type that an exported signature names is rightly exported with it. */
const DECLARATION = /^export (?:async |abstract )*(?:const|let|function\*?|class) (\w+)/gm
const NAMED = /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s+'(\.[^']+)'/g
/** Everything of a module, under one name, or where only its address is told. */
const WHOLE = /(?:^|\n)\s*(?:import|export)\s+\* as \w+ from\s+'(\.[^']+)'|new URL\(\s*'(\.[^']+)'/g
/** Started or read by its place from the root. */
const PLACED = /\bownFile\('([^']+)'\)/g
/** Loaded at run time: what is used of it is looked for by name. */
const LOADED = /\bimport\(\s*'(\.[^']+)'/g
/** A routine of the host, which plans name by its file and its export. */
const ROUTINE = /'([\w-]+)\.(\w+)'/g
const ROUTINES = 'executor/routines'
const NAMES_ROUTINES = /^planner\//

/** Exports that no other file uses, and files that nothing imports or starts, one line each. */
export function unusedFaults(files: readonly SourceFile[]): readonly string[] {
  const used = new Map<string, Set<string>>()
  const reached = new Set<string>()
  const whole = new Set<string>()
  const use = (file: string, name: string): void => {
    const names = used.get(file) ?? new Set()
    used.set(file, names.add(name))
  }
  for (const { path, text } of files) {
    if (NAMES_ROUTINES.test(path))
      for (const [, file, name] of text.matchAll(ROUTINE)) use(`${ROUTINES}/${file}.ts`, name!)
    for (const [, names = '', specifier = ''] of text.matchAll(NAMED)) {
      const target = resolved(path, specifier)
      reached.add(target)
      for (const name of namesIn(names)) use(target, name)
    }
    for (const [, named, told] of text.matchAll(WHOLE)) {
      const target = resolved(path, named ?? told ?? '')
      reached.add(target)
      if (path !== KERNEL_LAYOUT) whole.add(target)
    }
    for (const [, place = ''] of text.matchAll(PLACED)) {
      const target = resolved('root', place)
      reached.add(target)
      whole.add(target)
    }
    for (const [, specifier = ''] of text.matchAll(LOADED)) {
      const target = resolved(path, specifier)
      reached.add(target)
      for (const [word] of text.matchAll(/\w+/g)) use(target, word)
    }
  }
  const unused = files
    .filter(({ path }) => !KERNEL_SOURCES.test(path) && !ENTRIES.some((entry) => entry.test(path)))
    .flatMap(({ path, text }) => {
      if (!reached.has(path)) return [`${path}: nothing imports or starts it`]
      return [...text.matchAll(DECLARATION)]
        .filter(([, name]) => !whole.has(path) && !used.get(path)?.has(name!))
        .map(([, name]) => `${path}: nothing imports ${name}; do not export it`)
    })
  return [...unused, ...unusedKernels(files)]
}

/** Kernels whose name stands in no code outside of tests. */
function unusedKernels(files: readonly SourceFile[]): readonly string[] {
  const words = new Set<string>()
  for (const { path, text } of files) {
    if (path === GENERATED || KERNEL_SOURCES.test(path) || path.startsWith('test/')) continue
    for (const [word] of text.matchAll(/\w+/g)) words.add(word)
  }
  const generated = files.find(({ path }) => path === GENERATED)?.text ?? ''
  return [...generated.matchAll(KERNEL)]
    .filter(([, name]) => !words.has(name!))
    .map(([, name]) => `${GENERATED}: nothing calls ${name}; do not export it from the index of the kernels`)
}

/** The names taken from a file in an import or export list. */
const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map(
      (item) =>
        item
          .trim()
          .replace(/^type /, '')
          .split(/\s+as\s+/)[0]!,
    )
    .filter((name) => name !== '')

const resolved = (from: string, specifier: string): string =>
  normalize(join(dirname(from), specifier)).replace(/(\.js)?$/, '.ts')
