import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
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
    paths.filter((path) => path.endsWith('.cache')),
    [],
    'code is good for the version of Node that made it',
  )
  t.deepEqual(
    paths.filter((path) => path.endsWith('.js') && !path.startsWith('dist/bundle/')),
    [],
    'code that runs is there once',
  )
})

test('what runs asks for no package that is installed for development alone', (t) => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  const folder = join(ROOT, 'dist/bundle')
  const names = Object.keys(devDependencies)
  const asked = new RegExp(`(?:\\bfrom ?|\\bimport ?|\\b(?:import|require)\\()["'\`](?:${names.join('|')})["'\`/]`)
  t.true(names.includes('kafkajs'))
  for (const text of [`import a from"kafkajs"`, `import 'kafkajs/b'`, `require("kafkajs/c")`, `import(\`kafkajs\`)`])
    t.regex(text, asked)
  t.deepEqual(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.js') && asked.test(readFileSync(join(folder, name), 'utf8')),
    ),
    [],
  )
})

test('types say nothing that TypeScript 5.5 does not know', (t) => {
  const types = readdirSync(join(ROOT, 'dist/api'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.d.ts'),
  )
  t.true(types.length > 100)
  t.deepEqual(
    types.filter((name) => /Uint8Array</.test(readFileSync(join(ROOT, 'dist/api', name), 'utf8'))),
    [],
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

/** An empty folder of a user, with the package as npm would unpack it there, and beside it the packages that it depends on. */
async function installed(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-package-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '.bin'), { recursive: true })
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' })
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', archive!], { cwd: folder })
  await rename(join(folder, 'package'), join(modules, 'millrace'))
  const manifest = JSON.parse(await readFile(join(modules, 'millrace/package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>
    readonly dependencies: Readonly<Record<string, string>>
  }
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  for (const [name, path] of Object.entries(manifest.bin)) {
    await chmod(join(modules, 'millrace', path), 0o755)
    await symlink(join('../millrace', path), join(modules, '.bin', name))
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  return folder
}

test('unpacked into an empty folder, the package runs by npx and its types are found in every way that TypeScript looks for them', async (t) => {
  t.timeout(120_000)
  const folder = await installed(t)
  const query = "select count(*) as n from 'rows.csv'"
  await writeFile(join(folder, 'rows.csv'), 'a\n1\n2\n')
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  t.is(run('npx', ['--offline', 'millrace', '--format', 'csv', '-c', query]), 'n\n2\n')
  await writeFile(
    join(folder, 'program.ts'),
    `import { type DataFrame, functions as F, Session } from 'millrace'
const session = await Session.builder().master('local[1]').create()
const frame = session.createDataFrame([{ a: 1 }], 'a int')
export const rows: readonly { a: number | null }[] = await frame.select('a').collect()
export const sums: DataFrame = frame.agg(F.sum('a')).toDF()
// @ts-expect-error There is no such column.
frame.select('b')
`,
  )
  const compiler = join(ROOT, 'node_modules/.bin/tsc')
  for (const [module, resolution] of [
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const ways = ['--module', module, '--moduleResolution', resolution, '--target', 'es2022', '--types', 'node']
    t.notThrows(() => run(compiler, ['--noEmit', '--strict', ...ways, 'program.ts']), resolution)
  }
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
