// What a run of tests came to, from the lines that ava prints of each test.

/** @returns how the test of a line ended, and its title; nothing for other lines. A title may have words as ava's own mark of skipped tests, which is in capitals and at the end. */
export function outcomeOf(line) {
  const result = /^(not )?ok \d+ - (.*)$/.exec(line)
  if (!result) return undefined
  const [, hasFailed, title] = result
  if (hasFailed) return { kind: 'failed', title }
  return { kind: / # SKIP$/.test(title) ? 'skipped' : 'passed', title }
}

/**
 * @param counts of tests, by how they ended
 * @param run whether skipped tests fail it, how many files have not run, each of which counts as a failure, and whether it has failed for another reason than a test
 * @returns the last line of a run, in which whatever fails it counts, and what its process ends with
 */
export function endOf(counts, { skipFails, notRun, hasFailed }) {
  const failedTests = counts.failed + notRun + (skipFails ? counts.skipped : 0)
  const failed = failedTests === 0 && (hasFailed || counts.passed === 0) ? 1 : failedTests
  const skipped = counts.skipped > 0 && !skipFails ? `, ${counts.skipped} skipped` : ''
  return { line: `${counts.passed} passed, ${failed} failed${skipped}`, exitCode: failed > 0 ? 1 : 0 }
}
