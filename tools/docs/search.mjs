// The search over the sections of all pages; it runs in the browser.
const IN_HEADING = 10
const WHOLE_WORD = 5
const IN_TITLE = 2
const EXCERPT_BEFORE = 40
const EXCERPT_LENGTH = 160

const isLetter = (character) => character !== undefined && /[\p{L}\p{N}_]/u.test(character)

/** How well a word matches a text: 0 not at all, more at the beginning of a word, most as a whole one. */
function matchOf(text, word) {
  let best = 0
  for (let at = text.indexOf(word); at >= 0 && best < 1 + WHOLE_WORD; at = text.indexOf(word, at + 1)) {
    const begins = !isLetter(text[at - 1])
    const ends = !isLetter(text[at + word.length])
    best = Math.max(best, begins && ends ? 1 + WHOLE_WORD : begins ? 2 : 1)
  }
  return best
}

/** The sections that have all words of a query, the best first. */
export function search(sections, query, limit = 20) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found = []
  for (const [i, section] of sections.entries()) {
    const [heading, title, text] = [section.heading, section.title, section.text].map((each) => each.toLowerCase())
    const scores = words.map(
      (word) => matchOf(heading, word) * IN_HEADING + matchOf(title, word) * IN_TITLE + matchOf(text, word),
    )
    if (scores.every((score) => score > 0))
      found.push({
        section,
        i,
        score: scores.reduce((sum, score) => sum + score),
        excerpt: excerpt(section.text, words),
      })
  }
  return found.sort((a, b) => b.score - a.score || a.i - b.i).slice(0, limit)
}

/** The text around the first word that it has. */
function excerpt(text, words) {
  const lower = text.toLowerCase()
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0)
  const from = Math.max(0, Math.min(...places, text.length) - EXCERPT_BEFORE)
  if (places.length === 0) return text.slice(0, EXCERPT_LENGTH)
  return `${from > 0 ? '…' : ''}${text.slice(from, from + EXCERPT_LENGTH)}`
}
