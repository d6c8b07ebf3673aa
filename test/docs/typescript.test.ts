import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Of blocks that are shown there is nothing to be checked less than there was. */
const LEAST_BLOCKS = 15

/** What blocks use that a page has told of before. */
const KNOWN = `import type { DataFrame as Frame, Session as Running } from 'millrace'
declare global {
  const session: Running
  const F: typeof import('millrace').functions
  const col: typeof import('millrace').col
  const udf: typeof import('millrace').udf
  const MillraceError: typeof import('millrace').MillraceError
  const people: Frame<{ name: string | null }>
  const texts: Frame<{ id: number; text: string | null }>
  const sales: Frame<{ shop: string; amount: number | null }>
  const plans: Frame<{ branch: string }>
  const clicks: Frame<{ user: string; page: string; at: Date }>
  const events: Frame
  const impressions: Frame
  const clicked: Frame
  const url: string
  const user: string
  const password: string
}
`
const PACKAGES = `declare module 'some-package' {
  export function parse(text: string): { price: number }
  export function post(url: string, row: object): Promise<void>
}
`

/** The files of a block: one, or those whose names stand before them. */
function filesOf(block: string, name: string): readonly (readonly [name: string, text: string])[] {
  const parts = block.split(/^\/\/ (\w+\.ts)\n/m)
  if (parts.length === 1) return [[`${name}.ts`, block]]
  return parts.slice(1).flatMap((file, i, all) => (i % 2 === 0 ? [[file, all[i + 1]!] as const] : []))
}

test('what pages only show of TypeScript compiles', async (t) => {
  t.timeout(120_000)
  // Within the package, so that blocks find it by its name.
  const folder = await mkdtemp(join(HERE, 'typescript-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  let blocks = 0
  for (const page of ['README.md', ...(await readdir(join(ROOT, 'docs'))).map((name) => `docs/${name}`)]) {
    if (!page.endsWith('.md')) continue
    const shown = [...(await readFile(join(ROOT, page), 'utf8')).matchAll(/^```ts\n(.*?)^```$/gms)]
    for (const [i, [, block]] of shown.entries()) {
      blocks++
      const place = join(folder, `${page.replace(/\W/g, '-')}-${i}`)
      await mkdir(place)
      for (const [name, text] of filesOf(block!, 'block')) await writeFile(join(place, name), `${text}\nexport {}\n`)
    }
  }
  t.true(blocks >= LEAST_BLOCKS)
  await writeFile(join(folder, 'known.ts'), KNOWN)
  await writeFile(join(folder, 'packages.d.ts'), PACKAGES)
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
  const compile = (): unknown => execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  let faults = ''
  try {
    compile()
  } catch (error) {
    faults = (error as { readonly stdout: string }).stdout
  }
  t.is(faults, '')
})
