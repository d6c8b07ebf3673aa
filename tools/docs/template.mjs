// The HTML around a page: navigation, search, the headings of the page.
const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Pages with more headings than these have no list of them beside the text: they are read by searching. */
const MOST_HEADINGS = 40

export function renderPage(page, home) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page === home ? 'Millrace' : `${escapeHtml(page.title)} · Millrace`}</title>
<link rel="stylesheet" href="site.css">
<script src="search-index.js" defer></script>
<script src="site.js" defer></script>
</head>
<body>
<header>
<button id="menu" aria-label="Contents" aria-expanded="false">☰</button>
<a class="brand" href="index.html">Millrace</a>
<div class="search"><input id="search" type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off"><ol id="found" hidden></ol></div>
<button id="colours" aria-label="Light or dark">◐</button>
</header>
<nav aria-label="Pages">
${home.groups
  .filter(({ links }) => links.length > 0)
  .map((group) => renderGroup(group, page))
  .join('\n')}
</nav>
<main>
${page.html}</main>
${renderHeadings(page)}
</body>
</html>
`
}

const renderGroup = ({ title, links }, page) =>
  `<h2>${escapeHtml(title)}</h2>\n<ul>\n${links.map((link) => renderLink(link, page)).join('\n')}\n</ul>`

const renderLink = ({ href, text }, page) =>
  `<li><a href="${escapeHtml(href)}"${href === page.target ? ' aria-current="page"' : ''}>${escapeHtml(text)}</a></li>`

function renderHeadings({ headings }) {
  const shown = headings.filter(({ level }) => level === 2 || level === 3)
  if (shown.length < 2 || shown.length > MOST_HEADINGS) return '<aside></aside>'
  const items = shown.map(
    ({ level, text, anchor }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a></li>`,
  )
  return `<aside aria-label="On this page">\n<ul>\n${items.join('\n')}\n</ul>\n</aside>`
}
