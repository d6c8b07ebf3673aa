import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import test from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

interface Section {
  readonly page: string
  readonly heading: string
  readonly anchor: string
  readonly text: string
}
interface SiteModule {
  readonly buildSite: (
    source: string,
    target: string,
  ) => Promise<{ readonly pages: number; readonly faults: readonly string[] }>
}
interface SearchModule {
  readonly search: (
    sections: readonly Section[],
    query: string,
  ) => readonly { readonly section: Section; readonly excerpt: string }[]
}

/** The tools are scripts, which the compiler does not see. */
const tool = async (name: string): Promise<unknown> => await import(join(ROOT, 'tools/docs', name))

const { buildSite } = (await tool('build-site.mjs')) as SiteModule
const { search } = (await tool('search.mjs')) as SearchModule

let directory: string
test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-docs-'))
})
test.after.always(() => rm(directory, { recursive: true, force: true }))

/** Builds the pages of a folder: texts by their names. */
async function site(name: string, pages: Readonly<Record<string, string>>) {
  const source = join(directory, name)
  for (const [page, text] of Object.entries({ 'images/none.svg': '<svg/>', ...pages })) {
    await mkdir(dirname(join(source, page)), { recursive: true })
    await writeFile(join(source, page), text)
  }
  const target = join(directory, `${name}-site`)
  return { target, ...(await buildSite(source, target)) }
}

test('the site of docs has every page, with links that lead somewhere and a search that finds session_window', async (t) => {
  const target = join(directory, 'site')
  const { pages, faults } = await buildSite(join(ROOT, 'docs'), target)
  t.deepEqual(faults, [])
  const files = await readdir(target, { recursive: true })
  const written = files.filter((name) => name.endsWith('.html'))
  t.is(written.length, pages)
  t.true(pages > 15)
  for (const name of written) {
    const html = await readFile(join(target, name), 'utf8')
    for (const [, reference] of html.matchAll(/(?:href|src)="(?!#|[a-z]+:)([^"#]+)/g))
      t.true(files.includes(join(dirname(name), reference!)), `${name} has ${reference}`)
    t.regex(html, /<nav aria-label="Pages">\n<h2>Start here<\/h2>/)
  }
  const context: { searchIndex: readonly Section[] } = { searchIndex: [] }
  runInNewContext(await readFile(join(target, 'search-index.js'), 'utf8'), context)
  const found = search(context.searchIndex, 'session_window')
  t.true(found.some(({ section }) => section.page === 'functions.html'))
  t.is(search(context.searchIndex, 'divide_by_zero')[0]!.section.anchor, 'divide_by_zero')
  t.true((await readFile(join(target, 'site.js'), 'utf8')).includes('prefers-color-scheme'))
})

test('a dead link, a dead anchor, a missing image and a page that the first one does not list are faults, and nothing is written', async (t) => {
  const { faults, target } = await site('dead', {
    'index.md': '# A\n\n## Theme\n\n[b](b.md) [c](c.md) [x](x.md) [web](https://example.org)\n',
    'b.md':
      '# B\n\n[gone](#gone) [far](c.md#far) [near](c.md#two-words)\n\n![picture](images/gone.svg) [out](../README.md)\n',
    'c.md': '# C\n\n## Two words\n',
    'lost.md': '# Lost\n',
  })
  t.deepEqual(faults.toSorted(), [
    'b.md: b.md has no heading #gone',
    'b.md: c.md has no heading #far',
    'b.md: there is no image images/gone.svg',
    'b.md: there is no page ../README.md',
    'index.md: there is no page x.md',
    'lost.md: index.md does not list it',
  ])
  await t.throwsAsync(readdir(target), { code: 'ENOENT' })
  t.deepEqual((await site('empty', { 'a.md': '# A\n' })).faults, ['index.md is missing'])
})

test('a page has its place in the navigation, anchors as GitHub makes them, coloured code and links to other pages', async (t) => {
  const { target, faults } = await site('small', {
    'index.md': '# Home\n\n## Theme\n\n- [Page & more](page.md): what it is\n',
    'page.md':
      "# Page\n\n## `b` & c\n\n## Same\n\n## Same\n\n[home](index.md) [here](#same-1)\n\n```js\nconst a = '<b>' // c\n```\n\n```\n<x>\n```\n",
  })
  t.deepEqual(faults, [])
  const html = await readFile(join(target, 'page.html'), 'utf8')
  t.true(html.includes('<li><a href="page.html" aria-current="page">Page &amp; more</a></li>'), html)
  t.true(html.includes('<h2 id="b--c">'))
  t.true(html.includes('<h2 id="same-1">'))
  t.true(html.includes('<a href="index.html">home</a>'))
  t.true(
    html.includes(
      '<span class="keyword">const</span> a = <span class="text">\'&lt;b&gt;\'</span> <span class="comment">// c</span>',
    ),
  )
  t.true(html.includes('&lt;x&gt;'))
})

test('a search gives sections with all words, those with a word in their heading or as a whole first', (t) => {
  const section = (heading: string, text: string): Section => ({ page: 'p.html', heading, anchor: heading, text })
  const sections = ['windows are here', 'no window', 'other'].map((text, i) => ({
    ...section(`S${i}`, text),
    title: 'P',
  }))
  const headed = { ...section('Window', ''), title: 'P' }
  const found = (query: string) => search([...sections, headed], query).map((each) => each.section.heading)
  t.deepEqual(found('window'), ['Window', 'S1', 'S0'])
  t.deepEqual(found('WINDOW no'), ['S1'])
  t.deepEqual(found('  '), [])
  t.deepEqual(found('nothing'), [])
  const [long] = search(
    [{ ...section('L', `${'x '.repeat(100)}needle ${'y '.repeat(100)}`), title: 'P' } as Section],
    'needle',
  )
  t.regex(long!.excerpt, /^….*needle.*/)
  t.true(long!.excerpt.length < 200)
})
