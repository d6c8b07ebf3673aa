import { readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { CONDITIONS } from '../../common/errors/catalogue.js'
import { CONDITION_HELP } from '../support/errors-page/condition-help.js'
import { errorsPage } from '../support/errors-page/page.js'

const PAGE = new URL('../../../docs/errors.md', import.meta.url)

test('docs/errors.md tells of every condition that there is', (t) => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, errorsPage())
  t.is(readFileSync(PAGE, 'utf8'), errorsPage())
  const headings = [...errorsPage().matchAll(/^##+ (\S+)$/gm)].map(([, name]) => name!)
  for (const name of Object.keys(CONDITIONS)) t.is(headings.filter((each) => each === name).length, 1, name)
})

test('what is said of cause and cure is on the page, once', (t) => {
  const page = errorsPage()
  for (const [name, { cure }] of Object.entries(CONDITION_HELP)) t.is(page.split(`**Cure.** ${cure}\n`).length, 2, name)
})
