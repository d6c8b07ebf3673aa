// What a page does in the browser: the search, light or dark, the menu on small screens.
import { search } from '../search.mjs'

const byId = (id) => document.getElementById(id)
const COLOURS = 'millrace-colours'

/** What the reader chose, or what the system says. */
function colours() {
  const chosen = localStorage.getItem(COLOURS)
  return chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
}

document.documentElement.dataset.colours = colours()
byId('colours').addEventListener('click', () => {
  const next = colours() === 'dark' ? 'light' : 'dark'
  localStorage.setItem(COLOURS, next)
  document.documentElement.dataset.colours = next
})

byId('menu').addEventListener('click', () => {
  const isOpen = document.body.classList.toggle('menu-open')
  byId('menu').setAttribute('aria-expanded', String(isOpen))
})

const field = byId('search')
const list = byId('found')

function show() {
  const found = search(globalThis.searchIndex, field.value)
  list.replaceChildren(...found.map(itemOf))
  list.hidden = field.value.trim() === ''
  if (found.length === 0) list.append(Object.assign(document.createElement('li'), { textContent: 'Nothing found' }))
}

function itemOf({ section, excerpt }) {
  const item = document.createElement('li')
  const link = item.appendChild(document.createElement('a'))
  link.href = `${section.page}#${section.anchor}`
  const heading = link.appendChild(document.createElement('b'))
  heading.textContent = section.heading === section.title ? section.title : `${section.title}: ${section.heading}`
  link.appendChild(document.createElement('span')).textContent = excerpt
  return item
}

field.addEventListener('input', show)
field.addEventListener('focus', show)
field.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') list.querySelector('a')?.click()
  if (event.key === 'ArrowDown') list.querySelector('a')?.focus()
  if (event.key === 'Escape') field.blur()
})
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') list.hidden = true
  if (event.key !== '/' || event.target === field) return
  event.preventDefault()
  field.focus()
})
document.addEventListener('click', (event) => {
  if (!event.target.closest('.search') || event.target.closest('a')) list.hidden = true
})
