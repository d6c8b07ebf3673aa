import test from 'ava'
import { type Finding, fuzz, MODES } from '../support/fuzz/fuzz.js'

const QUERIES = 40
/** Of those whose rows have no room in memory, each of which takes ten times as long. */
const LARGE_QUERIES = 12

for (const [i, mode] of MODES.entries()) {
  test.serial(`random queries give what DuckDB gives (${mode.name})`, async (t) => {
    const findings: Finding[] = []
    const queries = mode.besideRows ? LARGE_QUERIES : QUERIES
    const { counts } = await fuzz(
      mode,
      21 + i,
      (number) => number < queries,
      (finding) => findings.push(finding),
    )
    t.deepEqual(findings, [])
    // Most are answered by both, so that a generator that has come to make what nobody understands is noticed.
    t.true(counts['same']! > queries / 3, JSON.stringify(counts))
    // How many go to disk depends on how tasks meet, so that the bound leaves room.
    if (mode.besideRows) t.true(counts['on disk in part']! > queries / 3, JSON.stringify(counts))
  })
}
