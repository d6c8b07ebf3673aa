// Reads the pages, checks the links between them, and writes the site.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { linkFaults } from './links.mjs'
import { parsePage } from './page.mjs'
import { renderPage } from './template.mjs'

const THEME = fileURLToPath(new URL('theme', import.meta.url))
/** Lists all pages by theme; what it lists is the navigation of each page. */
const HOME = 'index.md'
const IMAGES = 'images'

/** @returns how many pages there are, and what is wrong with their links; with a fault nothing is written */
export async function buildSite(source, target) {
  const entries = await readdir(source, { recursive: true })
  const names = entries.filter((name) => name.endsWith('.md')).toSorted()
  const files = new Set(entries)
  const pages = await Promise.all(
    names.map(async (name) => parsePage(name, await readFile(join(source, name), 'utf8'))),
  )
  const home = pages.find(({ name }) => name === HOME)
  const faults = home === undefined ? [`${HOME} is missing`] : linkFaults(pages, home, files)
  if (faults.length === 0) await writeSite(source, target, pages, home)
  return { pages: pages.length, faults }
}

async function writeSite(source, target, pages, home) {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  await cp(join(source, IMAGES), join(target, IMAGES), { recursive: true })
  await cp(join(THEME, 'site.css'), join(target, 'site.css'))
  await build({
    entryPoints: [join(THEME, 'browser.mjs')],
    outfile: join(target, 'site.js'),
    bundle: true,
    minify: true,
    target: 'es2022',
    logLevel: 'error',
  })
  // A script and not JSON: a browser reads no files beside a page that is a file itself.
  const sections = pages.flatMap((page) => page.sections)
  await writeFile(join(target, 'search-index.js'), `globalThis.searchIndex = ${JSON.stringify(sections)}\n`)
  for (const page of pages) await writeFile(join(target, page.target), renderPage(page, home))
}
