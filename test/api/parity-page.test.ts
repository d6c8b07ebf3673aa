import { readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { COUNTERPARTS, membersOf } from '../support/api-parity/members.js'
import { OTHERWISE } from '../support/api-parity/otherwise.js'
import { counted, parity, parityPage } from '../support/api-parity/page.js'

const PAGE = new URL('../../../docs/api-parity.md', import.meta.url)

test('docs/api-parity.md says of each public name of PySpark whether it is there', (t) => {
  const page = parityPage(parity())
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, page)
  t.is(readFileSync(PAGE, 'utf8'), page, 'UPDATE_GOLDEN=1 renews it')
})

test('nine in ten of the names of PySpark that apply are there', (t) => {
  const { there, otherwise, applicable } = counted(parity().classes.flatMap(({ names }) => names))
  t.true((there + otherwise) / applicable >= 0.9, `${there} and ${otherwise} of ${applicable}`)
})

test('a name that is there under another one is there under that, and is a name of PySpark', (t) => {
  const { classes } = parity()
  for (const [of, names] of Object.entries(OTHERWISE)) {
    const asked = classes.find(({ name }) => name === of)?.names ?? []
    for (const [name, as] of Object.entries(names ?? {})) {
      t.is(asked.find((one) => one.name === name)?.standing.kind, 'otherwise', `${of}.${name}`)
      const [member, within = of] = as.split('.').reverse()
      t.true(membersOf(COUNTERPARTS[within]!).has(member!), `${of}.${as}`)
    }
  }
})
