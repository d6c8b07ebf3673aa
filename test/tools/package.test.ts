import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { startProgram } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

const SOURCES = ['api', 'common', 'connectors', 'driver', 'executor']

interface Packed {
  readonly files: readonly { readonly path: string }[]
}

test('the package has the code, its types and the kernels, and neither tests nor tools', (t) => {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, stdio: 'pipe' })
  const [packed] = JSON.parse(listing.toString()) as readonly Packed[]
  const paths = packed!.files.map(({ path }) => path)
  const linked = linksOf('README.md')
  t.true(linked.length > 0)
  for (const path of [
    'dist/bundle/api/index.js',
    'dist/api/index.d.ts',
    'dist/bundle/cli/main.js',
    'dist/bundle/LICENSES.txt',
    ...startedByPlace().map((path) => `dist/bundle/${path}`),
    'LICENSE',
    'README.md',
    ...linked,
    ...paths.filter((path) => path.startsWith('docs/') && path.endsWith('.md')).flatMap(linksOf),
  ]) {
    t.true(paths.includes(path), path)
  }
  t.deepEqual(
    paths.filter((path) => /^(dist\/)?(test|bench|tools|node_modules)\//.test(path)),
    [],
  )
  t.deepEqual(
    paths.filter((path) => path.endsWith('.js') && !path.startsWith('dist/bundle/')),
    [],
    'code that runs is there once',
  )
})

/** The files that a page links to, by their paths from the root. */
const linksOf = (page: string): readonly string[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].map(([, path]) =>
    join(dirname(page), path!),
  )

/** What the sources start or read by its place. */
function startedByPlace(): readonly string[] {
  const sources = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)),
  ).filter((path) => path.endsWith('.ts'))
  return sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bownFile\('([^']+)'\)/g)].map((found) => found[1]!),
  )
}

test('a program that imports the package runs its threads, processes, kernels and connectors from there', async (t) => {
  t.true(startedByPlace().length >= 4)
  const directory = await mkdtemp(join(ROOT, 'dist', 'program-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const program = join(directory, 'program.mjs')
  const file = join(ROOT, 'test/data/tpch/sf0.01/orders.parquet')
  await writeFile(
    program,
    `import { MillraceError, Session } from 'millrace'
for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  const session = await Session.builder().master(master).create()
  console.log(await session.sql('select count(*) n from parquet.\`${file}\`').collect())
  console.log(await session.sql('select 1 / 0').collect().catch((error) => error instanceof MillraceError))
  await session.stop()
}
`,
  )
  const { output, closed } = startProgram(program, [])
  t.deepEqual(await closed, [0, null], output.err)
  t.is(output.text, '[ { n: 15000n } ]\ntrue\n[ { n: 15000n } ]\ntrue\n')
})

test('no package of the lock file runs a script at its installation, and npm is told so, as it would warn of each', (t) => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean; readonly dev?: boolean }>>
  }
  const { allowScripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    readonly allowScripts: Readonly<Record<string, boolean>>
  }
  const scripted = Object.keys(packages).filter((path) => packages[path]!.hasInstallScript)
  t.deepEqual(
    scripted.filter((path) => packages[path]!.dev !== true),
    [],
    'what the package brings along would warn its users',
  )
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
