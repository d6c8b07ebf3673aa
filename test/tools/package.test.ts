import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

interface Packed {
  readonly files: readonly { readonly path: string }[]
}

test('the package has the code, its types and the kernels, and neither tests nor tools', (t) => {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, stdio: 'pipe' })
  const [packed] = JSON.parse(listing.toString()) as readonly Packed[]
  const paths = packed!.files.map(({ path }) => path)
  for (const path of [
    'dist/api/index.js',
    'dist/api/index.d.ts',
    'dist/cli/main.js',
    'dist/executor/main.js',
    'dist/executor/worker/main.js',
    'dist/executor/kernels/kernels.wasm',
    'LICENSE',
    'README.md',
  ]) {
    t.true(paths.includes(path), path)
  }
  t.deepEqual(
    paths.filter((path) => /^(dist\/)?(test|bench|tools|node_modules)\//.test(path)),
    [],
  )
})
