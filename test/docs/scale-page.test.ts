import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { renderExtension, renderMeasured } from '../../bench/scale/extension.js'
import type { ScaleFigures } from '../../bench/scale/figures.js'

const pathOf = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url))
const PAGE = pathOf('docs/scale.md')

/** The page with what belongs between the marks of a part. */
function withPart(page: string, part: string, text: string): string {
  const [begin, end] = [`<!-- ${part} -->\n`, `<!-- end of ${part} -->`]
  const [from, until] = [page.indexOf(begin) + begin.length, page.indexOf(end)]
  return `${page.slice(0, from)}\n${text}\n\n${page.slice(until)}`
}

test('docs/scale.md shows the figures of bench/results/scale.json, and what follows of them', (t) => {
  const { data, machine } = JSON.parse(readFileSync(pathOf('bench/results/scale.json'), 'utf8')) as {
    data: ScaleFigures
    machine: string
  }
  const page = readFileSync(PAGE, 'utf8')
  const measured = withPart(page, 'measured', `${machine}.\n\n${renderMeasured(data)}`)
  const due = withPart(measured, 'extended', renderExtension(data))
  if (process.env['UPDATE_GOLDEN']) writeFileSync(PAGE, due)
  t.is(readFileSync(PAGE, 'utf8'), due)
})
