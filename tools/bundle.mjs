// Bundles what tsc made into few files, as each module that Node loads takes it longer than all of its code does: a first query in a fresh
// process takes half the time. Entries are what is imported or started by its place; they share chunks, so that every class exists once.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
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

export async function bundle(root) {
  const built = join(root, 'dist')
  rmSync(join(root, BUNDLE), { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((entry) => join(built, `${entry}.js`)),
    outbase: built,
    outdir: join(root, BUNDLE),
    // common/own-files.ts finds the others from where it lies, which has to be one folder deep wherever its code ends up.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
  })
  mkdirSync(dirname(join(root, BUNDLE, KERNELS)), { recursive: true })
  copyFileSync(join(built, KERNELS), join(root, BUNDLE, KERNELS))
}
