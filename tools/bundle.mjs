// Bundles what tsc made into few files, as each module that Node loads takes it longer than all of its code does: a first query in a fresh
// process takes half the time. Entries are what is imported or started by its place; they share chunks, so that every class exists once.
// Packages stay packages, but for those that are no `dependencies`: gRPC, whose installation would warn everyone of a script.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

export const BUNDLE = 'dist/bundle'
const KERNELS = 'executor/kernels/kernels.wasm'
const ENTRIES = [
  'api/index',
  'cli/main',
  'common/own-files',
  'connectors/registry',
  'executor/main',
  'executor/pipelines/run-task',
  'executor/worker/main',
]
/** CommonJS that is bundled requires what Node brings. */
const REQUIRE = "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);"

export async function bundle(root) {
  const built = join(root, 'dist')
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  rmSync(join(root, BUNDLE), { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((entry) => join(built, `${entry}.js`)),
    outbase: built,
    outdir: join(root, BUNDLE),
    // common/own-files.ts finds the others from where it lies, which has to be one folder deep wherever its code ends up.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // Node shows the line of an error that nobody catches.
    lineLimit: 160,
    splitting: true,
    external: Object.keys(dependencies),
    banner: { js: REQUIRE },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  mkdirSync(dirname(join(root, BUNDLE, KERNELS)), { recursive: true })
  copyFileSync(join(built, KERNELS), join(root, BUNDLE, KERNELS))
  writeFileSync(join(root, BUNDLE, 'LICENSES.txt'), licenses(root, Object.keys(metafile.inputs)))
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
