// Joins the chunks of a bundle that are always loaded together. Code that only some of the dynamic imports share is a chunk of its own for each set
// of them, a hundred in all; a process loads half of these when it starts, and its threads again, at a fifth of a millisecond each.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { parse } from 'acorn'
import { build } from 'esbuild'

/** What one thread loads at its start and another one when it needs it is joined with more of the kind, unless it is as large as this. */
const MOST_BYTES_ON_DEMAND = 16_384

/**
 * @param folder where the bundle is, and what the paths of `outputs` (of esbuild's metafile) are relative to
 * @param roots lists of entries; those of a list are loaded by the same thread
 * @param options with which the bundle was built
 */
export async function joinChunks({ folder, outputs, roots, options }) {
  const loadedBy = roots.map((entries) => closure(outputs, entries, ['import-statement']))
  const reachedBy = roots.map((entries) => closure(outputs, entries, ['import-statement', 'dynamic-import']))
  const groups = new Map()
  /** What is joined with nothing, by its path, with the key of those that it would be joined with. */
  const apart = new Map()
  for (const path of inOrder(outputs, roots.flat())) {
    const key = roots.map((_, i) => (loadedBy[i].has(path) ? 1 : reachedBy[i].has(path) ? 'd' : 0)).join('')
    const isOnDemand = key.includes('d') && outputs[path].bytes > MOST_BYTES_ON_DEMAND
    // What imports one of them would, as part of a file which that one imports, run before it.
    const isBehind = importsOf(outputs[path], ['import-statement']).some((imported) => apart.get(imported.path) === key)
    if (outputs[path].entryPoint !== undefined || isOnDemand || isBehind) {
      apart.set(path, key)
      continue
    }
    groups.set(key, [...(groups.get(key) ?? []), path])
  }
  /** For each chunk that is joined with others: where its code is, and what goes before the names that it exports. */
  const moved = new Map()
  for (const [key, chunks] of groups)
    chunks.forEach((path, i) => {
      moved.set(path, { path: posix.join(posix.dirname(path), `shared-${key}.js`), prefix: `_${i}_` })
    })
  for (const chunks of groups.values()) await joinGroup({ folder, outputs, options, chunks, moved })
  for (const path of new Set([...Object.keys(outputs), ...[...moved.values()].map((to) => to.path)]))
    if (path.endsWith('.js') && !moved.has(path)) redirect(folder, path, moved)
  for (const path of moved.keys()) rmSync(join(folder, path))
}

const importsOf = (output, kinds) => output.imports.filter(({ kind, external }) => kinds.includes(kind) && !external)

function closure(outputs, entries, kinds) {
  const loaded = new Set(entries)
  for (const path of loaded) for (const imported of importsOf(outputs[path], kinds)) loaded.add(imported.path)
  return loaded
}

/** What entries load, each behind what it imports, as modules are run. */
function inOrder(outputs, entries) {
  const order = new Set()
  const visited = new Set()
  const visit = (path) => {
    if (visited.has(path)) return
    visited.add(path)
    for (const imported of importsOf(outputs[path], ['import-statement'])) visit(imported.path)
    order.add(path)
  }
  entries.forEach(visit)
  return order
}

/** One file of the code of several chunks, which exports all that each did. */
async function joinGroup({ folder, outputs, options, chunks, moved }) {
  const { path: target } = moved.get(chunks[0])
  const reexports = chunks.map((path) => {
    const names = outputs[path].exports.map((name) => `${name} as ${moved.get(path).prefix}${name}`)
    return `export { ${names.join(', ')} } from './${basename(path)}'`
  })
  const own = new Set(chunks)
  await build({
    ...options,
    absWorkingDir: folder,
    stdin: { contents: reexports.join('\n'), resolveDir: join(folder, dirname(target)) },
    outfile: join(folder, target),
    plugins: [
      {
        name: 'others stay where they are',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\./ }, ({ path, kind }) => {
            const isOwn = own.has(posix.join(posix.dirname(target), path))
            return isOwn && kind === 'import-statement' ? undefined : { path, external: true }
          }),
      },
    ],
  })
}

/** Has a file import what it needs from where the code is now. */
function redirect(folder, path, moved) {
  const text = readFileSync(join(folder, path), 'utf8')
  const statements = parse(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }).body
  let result = ''
  let at = 0
  for (const statement of statements) {
    const to = statement.source && moved.get(posix.join(posix.dirname(path), statement.source.value))
    if (!to) continue
    const from = posix.relative(posix.dirname(path), to.path)
    const source = JSON.stringify(from.startsWith('.') ? from : `./${from}`)
    result += `${text.slice(at, statement.start)}${importing(statement, to.prefix, source)}`
    at = statement.end
  }
  if (at > 0) writeFileSync(join(folder, path), result + text.slice(at))
}

function importing({ type, specifiers = [] }, prefix, source) {
  if (type === 'ImportDeclaration') {
    const names = specifiers.map(({ imported, local }) => `${prefix}${imported.name} as ${local.name}`)
    return names.length === 0 ? `import${source};` : `import{${names.join(',')}}from${source};`
  }
  if (type !== 'ExportNamedDeclaration') throw new Error(`a chunk is imported by ${type}`)
  return `export{${specifiers.map(({ local, exported }) => `${prefix}${local.name} as ${exported.name}`).join(',')}}from${source};`
}
