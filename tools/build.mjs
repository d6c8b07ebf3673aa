// Builds everything: kernels (AssemblyScript → wasm and the TypeScript of their interface), wire types (protobuf → ESM), TypeScript, and the
// bundle of it that the package brings, with the code that this version of Node makes of it.
// Each step is skipped when its output is newer than its inputs, so that a rebuild costs only what changed.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUNDLE, bundle } from './bundle.mjs'
import { makeCodeCaches } from './code-caches/make.mjs'
import { KERNEL_ARGUMENTS } from './kernels/arguments.mjs'
import { appendDigest } from './kernels/digest.mjs'
import { declareWire } from './wire/declare.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const filesIn = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true })
        .filter((name) => name.endsWith(ending))
        .map((name) => join(root, folder, name))
    : []
const isStale = (output, inputs) => {
  if (!existsSync(output)) return true
  const built = statSync(output).mtimeMs
  return inputs.some((input) => statSync(input).mtimeMs > built)
}
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' })

const kernelInterface = join(root, 'executor/kernels/interface/generated.ts')
const kernelSources = [
  ...filesIn('executor/kernels/assembly', '.ts'),
  ...filesIn('executor/kernels/interface', '.ts').filter((path) => path !== kernelInterface),
  ...filesIn('tools/kernels', '.mjs'),
]
const kernels = join(root, 'dist/executor/kernels/kernels.wasm')
if (isStale(kernels, kernelSources) || isStale(kernelInterface, kernelSources)) {
  mkdirSync(dirname(kernels), { recursive: true })
  run(bin('asc'), [...KERNEL_ARGUMENTS, '-O3', '--transform', './tools/kernels/declare.mjs', '-o', kernels])
  appendDigest(kernels, kernelInterface)
}

// Codecs and their types; the services are written by hand.
const protoSources = filesIn('proto', '.proto')
const wire = join(root, 'dist/proto/wire.js')
const wireTypes = join(root, 'proto/wire.d.ts')
const ofWire = [...protoSources, join(root, 'tools/wire/declare.mjs'), fileURLToPath(import.meta.url)]
if (isStale(wire, ofWire) || isStale(wireTypes, ofWire)) {
  mkdirSync(dirname(wire), { recursive: true })
  const without = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'comments', 'service']
  const flags = without.map((part) => `--no-${part}`)
  run(bin('pbjs'), ['-p', 'proto', '-t', 'static-module', '-w', 'es6', ...flags, '-o', wire, ...protoSources])
  // Node resolves neither the path without extension nor named exports of that CommonJS module.
  const generated = readFileSync(wire, 'utf8')
  const mended = generated.replace(
    'import * as $protobuf from "protobufjs/minimal"',
    'import $protobuf from "protobufjs/minimal.js"',
  )
  if (mended === generated) throw new Error('pbjs imports protobufjs in a new way: mend tools/build.mjs')
  writeFileSync(wire, mended)
  writeFileSync(wireTypes, declareWire(protoSources))
  copyFileSync(wireTypes, wire.replace(/\.js$/, '.d.ts'))
}

run(bin('tsc'), ['-p', root])
// TypeScript before 5.7 knows no type of what lies behind an array of bytes, and takes the whole type for any.
for (const path of filesIn('dist', '.d.ts')) {
  const types = readFileSync(path, 'utf8')
  if (types.includes('Uint8Array<'))
    writeFileSync(path, types.replace(/\bUint8Array<ArrayBuffer(Like)?>/g, 'Uint8Array'))
}
const ofTools = [
  ...['bundle', 'join-chunks', 'chunk-scripts'].map((name) => join(root, `tools/${name}.mjs`)),
  ...filesIn('tools/code-caches', '.mjs'),
]
const notBundled = [BUNDLE, 'dist/chunks', 'dist/test/', 'dist/bench/'].map((folder) => join(root, folder))
const compiled = filesIn('dist', 'js').filter((path) => !notBundled.some((folder) => path.startsWith(folder)))
// Packages that only the bundle needs are in it.
const packages = ['package.json', 'package-lock.json'].map((name) => join(root, name))
// The licences are written last: a bundle without them was stopped.
if (isStale(join(root, BUNDLE, 'LICENSES.txt'), [...compiled, kernels, ...ofTools, ...packages])) await bundle(root)
makeCodeCaches(root)
