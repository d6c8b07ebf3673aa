import test from 'ava'
import { type Finding, fuzz, MODES } from '../support/fuzz/fuzz.js'

const QUERIES = 80

for (const [i, mode] of MODES.entries()) {
  test.serial(`random queries give what DuckDB gives (${mode.name})`, async (t) => {
    const findings: Finding[] = []
    const { counts } = await fuzz(
      mode,
      21 + i,
      (number) => number < QUERIES,
      (finding) => findings.push(finding),
    )
    t.deepEqual(findings, [])
    // Most are answered by both, so that a generator that has come to make what nobody understands is noticed.
    t.true(counts['same']! > QUERIES / 3, JSON.stringify(counts))
    // How many go to disk depends on how tasks meet, so that the bound leaves room.
    if (mode.besideRows) t.true(counts['on disk in part']! > QUERIES / 3, JSON.stringify(counts))
  })
}
