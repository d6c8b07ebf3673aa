// Makes scripts of the large chunks of a bundle, since only to scripts can the code be given that V8 made of them before (common/cached-script.ts).
// A module of the chunk's name stays. It imports what the chunk needs, runs the script as a function of that, and exports what comes back.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parse } from 'acorn'

/** Smaller ones, but for what links them, are compiled sooner than two more files are read. */
const LEAST_BYTES = 4096
const LOADER = 'common/cached-script.js'

/** @param folder where the bundle is */
export function makeScripts(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.js'))
  for (const path of paths) {
    const text = readFileSync(join(folder, path), 'utf8')
    const tree = parse(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
    const linking = tree.body.filter(({ type }) => /^(Import|Export)/.test(type))
    refuseAssigned(tree, linking, path)
    if (bodyOf(text, tree, linking).length >= LEAST_BYTES && path !== LOADER && !text.startsWith('#!'))
      makeScript(folder, path, { text, tree, linking })
  }
}

function makeScript(folder, path, { text, tree, linking }) {
  const imported = linking.flatMap(({ type, specifiers }) =>
    type === 'ImportDeclaration' ? specifiers.map(({ local }) => local.name) : [],
  )
  const exported = exportsOf(linking, path)
  refuseWaiting(tree, path)
  const parameters = `{${imported.join(',')}},$meta,$import`
  const outside = [...exported.keys()]
  const results = [...exported].map(([name, local]) => `${name}:${local}`).join(',')
  const script = `"use strict";(function(${parameters}){${bodyOf(text, tree, linking)}\nreturn{${results}}})\n`
  const digest = createHash('sha256').update(script).digest('hex').slice(0, 16)
  const name = posix.basename(path, '.js')
  writeFileSync(join(folder, posix.dirname(path), `${name}.script.js`), script)
  const kept = linking
    .filter(({ type, source }) => type === 'ImportDeclaration' || source)
    .map((node) => text.slice(node.start, node.end))
  const loader = posix.relative(posix.dirname(path), LOADER)
  const lines = [
    ...kept,
    `import{runScript as $run}from${JSON.stringify(loader.startsWith('.') ? loader : `./${loader}`)};`,
    `const $script=$run(new URL("./${name}.script.js",import.meta.url).href,"${digest}");`,
    // By other names, as what is exported may be what is imported.
    `const{${outside.map((name, i) => `${name}:$${i}`).join(',')}}=$script({${imported.join(',')}},import.meta,(url)=>import(url));`,
    `export{${outside.map((name, i) => `$${i} as ${name}`).join(',')}};`,
  ]
  writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
}

/** What a chunk exports of its own: the name that it has outside, and inside. */
function exportsOf(linking, path) {
  const exported = new Map()
  for (const { type, specifiers, source, declaration } of linking) {
    if (type === 'ImportDeclaration' || source) continue
    if (type !== 'ExportNamedDeclaration' || declaration) throw new Error(`${path} exports by ${type}`)
    for (const { local, exported: outside } of specifiers) exported.set(outside.name, local.name)
  }
  return exported
}

/** A script gets copies of what it imports, and what imports it gets copies: no export of any chunk may change later. */
function refuseAssigned(tree, linking, path) {
  const exported = new Set(
    linking.flatMap(({ specifiers, source }) => (source ? [] : specifiers.map(({ local }) => local.name))),
  )
  const refuse = (target) => {
    visit(target, ({ type, name }) => {
      if (type === 'Identifier' && exported.has(name)) throw new Error(`${path} exports ${name}, which it assigns to`)
      return type !== 'MemberExpression'
    })
  }
  visit(tree, ({ type, left, argument }) => {
    if (type === 'AssignmentExpression' || type === 'ForOfStatement' || type === 'ForInStatement') refuse(left)
    if (type === 'UpdateExpression') refuse(argument)
  })
}

/** A script is run at once. */
function refuseWaiting(tree, path) {
  visit(tree, ({ type, await: isAwaited }) => {
    if (type === 'AwaitExpression' || isAwaited === true) throw new Error(`${path} awaits while it is loaded`)
    return !/Function/.test(type)
  })
}

/** The text of a chunk without what links it; what only modules may say becomes the function's parameters. */
function bodyOf(text, tree, linking) {
  const changes = linking.map(({ start, end }) => ({ start, end, by: '' }))
  visit(tree, ({ type, start, end }) => {
    if (type === 'MetaProperty' && text.startsWith('import', start)) changes.push({ start, end, by: '$meta' })
    if (type === 'ImportExpression') changes.push({ start, end: start + 'import'.length, by: '$import' })
  })
  let body = ''
  let at = 0
  for (const { start, end, by } of changes.toSorted((a, b) => a.start - b.start)) {
    body += text.slice(at, start) + by
    at = end
  }
  return body + text.slice(at)
}

/** Looks at a node and all below it, but for what is below one of which `look` says false. */
function visit(node, look) {
  if (look(node) === false) return
  for (const part of Object.values(node))
    for (const child of Array.isArray(part) ? part : [part]) if (typeof child?.type === 'string') visit(child, look)
}
