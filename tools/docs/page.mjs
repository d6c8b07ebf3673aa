// A page of Markdown: its HTML, headings, links, and its text by sections, for the search.
import MarkdownIt from 'markdown-it'
import { highlight } from './highlight.mjs'

/** Drawings are files of their own, so that a page needs no HTML beyond the line breaks in cells of tables. */
const markdown = new MarkdownIt({ html: true, highlight })

const IS_ELSEWHERE = /^[a-z]+:/

/** As GitHub makes the anchor of a heading, so that links work there, too. */
const slug = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

export const targetOf = (name) => name.replace(/\.md$/, '.html')

export function parsePage(name, text) {
  const tokens = markdown.parse(text, {})
  const headings = anchorHeadings(tokens)
  const links = []
  for (const { children } of tokens) {
    for (const token of children ?? []) {
      const attribute = { link_open: 'href', image: 'src' }[token.type]
      if (attribute === undefined) continue
      const href = token.attrGet(attribute)
      if (IS_ELSEWHERE.test(href)) continue
      links.push({ href, image: token.type === 'image' })
      token.attrSet(attribute, href.replace(/\.md(?=#|$)/, '.html'))
    }
  }
  const title = headings[0]?.text ?? name
  return {
    name,
    target: targetOf(name),
    title,
    headings,
    links,
    groups: groupsOf(tokens),
    sections: sectionsOf(tokens, targetOf(name), title),
    html: markdown.renderer.render(tokens, markdown.options, {}),
  }
}

/** Gives each heading its anchor; of the same ones the later are numbered. */
function anchorHeadings(tokens) {
  const taken = new Map()
  return tokens.flatMap((token, i) => {
    if (token.type !== 'heading_open') return []
    const text = textOf(tokens[i + 1])
    const base = slug(text)
    const count = taken.get(base) ?? 0
    taken.set(base, count + 1)
    const anchor = count === 0 ? base : `${base}-${count}`
    token.attrSet('id', anchor)
    return [{ level: Number(token.tag.slice(1)), text, anchor }]
  })
}

/** The text of an inline token, without its marks. */
const textOf = (token) =>
  (token.children ?? [])
    .map(({ type, content }) =>
      type === 'softbreak' || type === 'html_inline' ? ' ' : type === 'image' ? '' : content,
    )
    .join('')

/** The text below each heading. */
function sectionsOf(tokens, page, title) {
  const sections = []
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      sections.push({ page, title, heading: textOf(tokens[i + 1]), anchor: token.attrGet('id'), text: '' })
    } else if (token.type === 'fence' || (token.type === 'inline' && tokens[i - 1].type !== 'heading_open')) {
      const section = sections.at(-1)
      if (section) section.text += `${token.type === 'fence' ? token.content : textOf(token)} `
    }
  }
  return sections.map((section) => ({ ...section, text: section.text.replace(/\s+/g, ' ').trim() }))
}

/** What a page links to under each heading of the second level: of the first page, the navigation. */
function groupsOf(tokens) {
  const groups = []
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'heading_open' && token.tag === 'h2') groups.push({ title: textOf(tokens[i + 1]), links: [] })
    for (const [j, child] of (token.children ?? []).entries()) {
      if (child.type === 'link_open')
        groups.at(-1)?.links.push({ href: child.attrGet('href'), text: token.children[j + 1].content })
    }
  }
  return groups
}
