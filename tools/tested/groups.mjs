// Which test files share a process (group.mjs): those of a folder, a few at a time, but for files that do something to the process that they run in.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { longestFirst } from './longest.mjs'
import { FOLDER, OURS } from './places.mjs'

/** Folders whose tests mostly start other processes, kill and watch them, or are long: these run beside each other rather than one by one. */
const APART = ['chaos', 'docs', 'examples', 'slt', 'streaming', 'tools']
/** More save little: by then the code of ours is warm, and the last group would keep one processor busy while the other one waits. */
const MOST_FILES = 8
/** Support that starts processes, replaces modules of Node, or counts what the process has. */
const OF_THE_PROCESS =
  'calls-counted|cli|failing-disk|kill-at-step|leaking-stream|open-handles|spilled-bytes|standalone|syncs-recorded|tmux|work-counted'
/** What a file, or a module of tests that it imports through whichever others, has that must have its process alone: support of the process, and what replaces parts of Node or of ours. */
const ALONE_BY_MODULES = [
  String.raw`/(?:${OF_THE_PROCESS})\.js'`,
  String.raw`\bsyncBuiltinESMExports\b|\.prototype\.\w+ = |\bDate\.now = |\bmock\.(?:timers|method)\b`,
]
/** What a file itself has: support does the same only where that harms nobody. A comment `A process of its own: …` says of others why. */
const ALONE_BY_ITSELF = [
  '^// A process of its own: ',
  String.raw`\b(?:registerCompletionHandler|setFlagsFromString|getActiveResourcesInfo|memoryUsage|cpuUsage|chdir)\b`,
  String.raw`\bprocess\.(?:on|once|emit|exit|kill|exitCode)\b`,
  String.raw`\bglobalThis\b|\bgc\(|/proc/`,
]
const OF_A_MODULE = new RegExp(ALONE_BY_MODULES.join('|'), 'm')
const OF_A_FILE = new RegExp([...ALONE_BY_MODULES, ...ALONE_BY_ITSELF].join('|'), 'm')
const IMPORTED = /(?:from|import\(?) ?'(\.[^']+)'/g

/** Adds to some modules of tests one, and those that it imports through whichever others. */
function addReached(path, textOf, reached) {
  if (reached.has(path) || !path.startsWith('test/')) return reached
  reached.add(path)
  for (const [, name] of textOf(path).matchAll(IMPORTED))
    addReached(posix.join(posix.dirname(path), name), textOf, reached)
  return reached
}

const runsAlone = (path, textOf) =>
  APART.includes(folderOf(path)) ||
  OF_A_FILE.test(textOf(path)) ||
  [...addReached(path, textOf, new Set())].some((module) => OF_A_MODULE.test(textOf(module)))

const folderOf = (path) => path.split('/')[1]
const chunksOf = (paths) =>
  Array.from({ length: Math.ceil(paths.length / MOST_FILES) }, (_, i) =>
    paths.slice(i * MOST_FILES, (i + 1) * MOST_FILES),
  )

/**
 * @param paths of test files in the folder of the compiler, in order
 * @param textOf what a file has, and nothing where there is none
 * @returns the files of each group, and those that run alone
 */
export function planGroups(paths, textOf) {
  const shared = paths.filter((path) => !runsAlone(path, textOf))
  const groups = [...new Set(shared.map(folderOf))].flatMap((name) =>
    chunksOf(shared.filter((path) => folderOf(path) === name)).map((files, i) => ({ name: `${name}-${i + 1}`, files })),
  )
  return { groups, alone: paths.filter((path) => !shared.includes(path)) }
}

/** What ava runs for a group that lies in a folder. */
export function groupScript(folder, files) {
  const runner = relative(folder, fileURLToPath(new URL('group.mjs', import.meta.url)))
  return `import { runGroup } from ${JSON.stringify(runner)}\nrunGroup(${JSON.stringify(files, undefined, 1)})\n`
}

/**
 * Writes the files of the groups. Returns what ava is to run: these, and the files that run alone, by their paths in the project's folder, in the order in
 * which they are to start.
 */
export function writeGroups() {
  const folder = join(FOLDER, 'groups')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const paths = readdirSync(join(OURS, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => posix.join('test', path))
    .toSorted()
  const texts = new Map()
  const textOf = (path) => {
    const file = join(OURS, path)
    // A text of a test may look like an import of what is not there.
    if (!texts.has(path)) texts.set(path, existsSync(file) ? readFileSync(file, 'utf8') : '')
    return texts.get(path)
  }
  const { groups, alone } = planGroups(paths, textOf)
  const written = groups.map(({ name, files }) => {
    const path = join(folder, `${name}.test.js`)
    writeFileSync(path, groupScript(folder, files))
    return { path, files }
  })
  const started = longestFirst([...written, ...alone.map((file) => ({ path: join(OURS, file), files: [file] }))])
  return started.map(({ path }) => relative(join(OURS, '..'), path))
}
