// Bundles what tsc made into few files, as each module that Node loads takes it longer than all of its code does: a first query in a fresh
// process takes half the time. Entries are what is imported or started by its place; they share chunks, so that every class exists once.
// Packages stay packages, but for those that are no `dependencies`: gRPC, whose installation would warn everyone of a script, and kafkajs, whose
// hundred modules each thread that reads from Kafka would load.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { makeScripts } from './chunk-scripts.mjs'
import { joinChunks } from './join-chunks.mjs'

export const BUNDLE = 'dist/bundle'
/** What is not bundled, but lies beside what is. */
const COPIED = ['executor/kernels/kernels.wasm', 'executor/worker/entry.cjs']
/** Those of a list are loaded by the same thread. */
const ENTRIES = [
  ['api/index'],
  ['cli/main'],
  ['cli/driver-process'],
  ['cli/owner-watch'],
  ['common/own-files'],
  ['common/cached-script'],
  ['executor/main'],
  ['executor/worker/main', 'executor/pipelines/run-task', 'connectors/registry'],
]
/** CommonJS that is bundled requires what Node brings. */
const REQUIRE = "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);"

export async function bundle(root) {
  const built = join(root, 'dist')
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  rmSync(join(root, BUNDLE), { recursive: true, force: true })
  mkdirSync(join(root, BUNDLE), { recursive: true })
  const folder = join(root, BUNDLE)
  const options = {
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // Node shows the line of an error that nobody catches.
    lineLimit: 160,
    external: Object.keys(dependencies),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
  }
  const { metafile } = await build({
    ...options,
    absWorkingDir: folder,
    entryPoints: ENTRIES.flat().map((entry) => join(built, `${entry}.js`)),
    outbase: built,
    outdir: folder,
    // common/own-files.ts finds the others from where it lies, which has to be one folder deep wherever its code ends up.
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    banner: { js: REQUIRE },
    metafile: true,
  })
  const roots = ENTRIES.map((entries) => entries.map((entry) => `${entry}.js`))
  await joinChunks({ folder, outputs: metafile.outputs, roots, options })
  makeScripts(folder)
  for (const path of COPIED) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyFileSync(join(built, path), join(folder, path))
  }
  writeFileSync(join(folder, 'LICENSES.txt'), licenses(folder, Object.keys(metafile.inputs)))
}

/** The licences of the packages whose files are in the bundle, which have to go with it. */
function licenses(root, inputs) {
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  const texts = [...new Set(packages)].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one))
    if (file === undefined) throw new Error(`${name} is bundled and has no licence to go with it`)
    return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}
