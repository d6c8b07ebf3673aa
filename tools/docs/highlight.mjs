// Colours code, one regular expression a language: comments, texts, numbers and keywords.
const words = (text, flags = '') => [
  new RegExp(`\\b(?:${text.trim().split(/\s+/).join('|')})\\b`, `y${flags}`),
  'keyword',
]

const SCRIPT = [
  [/\/\/.*|\/\*[\s\S]*?\*\//y, 'comment'],
  [/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/y, 'text'],
  [/\b\d[\d_.]*n?\b/y, 'number'],
  words(
    'async await break case class const continue default else export extends false finally for from function if import in interface let new null of return switch throw true try type typeof undefined while yield',
  ),
]
const SQL = [
  [/--.*|\/\*[\s\S]*?\*\//y, 'comment'],
  [/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/y, 'text'],
  [/\b\d[\d.]*[a-z]{0,2}\b/iy, 'number'],
  words(
    `all and as asc between by case cast create cross cube database day decimal declare default desc describe distinct drop else end except exists
    explain false filter first from full function group having in inner insert intersect interval into is join lateral left like limit not null
    nulls on or order over overwrite partition partitioned pivot qualify recursive replace returns return right rollup select semi anti set show
    table temporary then true union unpivot update using values view when where window with`,
    'i',
  ),
]
const SHELL = [
  [/#.*/y, 'comment'],
  [/'[^']*'|"(?:[^"\\]|\\.)*"/y, 'text'],
  words('cat cd echo git millrace node npm npx'),
]
const JSON_TEXT = [[/"(?:[^"\\]|\\.)*"/y, 'text'], [/-?\b\d[\d.e+-]*/iy, 'number'], words('true false null')]
const LANGUAGES = { js: SCRIPT, ts: SCRIPT, sql: SQL, sh: SHELL, console: SHELL, json: JSON_TEXT }
/** What is passed over whole when no rule fits: a word, or a character. */
const PLAIN = /\w+|[\s\S]/y

const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The HTML of a piece of code; code of a language that is not known is left as it is. */
export function highlight(code, language) {
  const rules = LANGUAGES[language]
  if (rules === undefined) return escapeHtml(code)
  let html = ''
  for (let at = 0; at < code.length; ) {
    const [text, kind] = tokenAt(code, at, rules)
    html += kind === undefined ? escapeHtml(text) : `<span class="${kind}">${escapeHtml(text)}</span>`
    at += text.length
  }
  return html
}

function tokenAt(code, at, rules) {
  for (const [pattern, kind] of rules) {
    pattern.lastIndex = at
    const found = pattern.exec(code)
    if (found) return [found[0], kind]
  }
  PLAIN.lastIndex = at
  return [PLAIN.exec(code)[0], undefined]
}
