import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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
  const linked = [...readFileSync(`${ROOT}README.md`, 'utf8').matchAll(/\]\((docs\/[\w-]+\.md)\)/g)].map(
    (link) => link[1]!,
  )
  t.true(linked.length > 0)
  for (const path of [
    'dist/api/index.js',
    'dist/api/index.d.ts',
    'dist/cli/main.js',
    'dist/executor/main.js',
    'dist/executor/worker/main.js',
    'dist/executor/kernels/kernels.wasm',
    'LICENSE',
    'README.md',
    ...linked,
  ]) {
    t.true(paths.includes(path), path)
  }
  t.deepEqual(
    paths.filter((path) => /^(dist\/)?(test|bench|tools|node_modules)\//.test(path)),
    [],
  )
})

test('no package of the lock file runs a script at its installation, and npm is told so, as it would warn of each', (t) => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
  }
  const { allowScripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    readonly allowScripts: Readonly<Record<string, boolean>>
  }
  const scripted = Object.keys(packages).filter((path) => packages[path]!.hasInstallScript)
  t.deepEqual(Object.fromEntries(scripted.map((path) => [path.replace(/^.*node_modules\//, ''), false])), allowScripts)
})

test('the lock file has the optional packages of every platform, so that npm ci installs anywhere', (t) => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>
  }
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      const places = [`node_modules/${name}`, `${path}/node_modules/${name}`]
      t.true(
        places.some((place) => packages[place] !== undefined),
        `${name}, which ${path} names`,
      )
    }
  }
})
