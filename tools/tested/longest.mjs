// The order in which test files start. One that takes minutes and starts last keeps one processor busy while the others have nothing left to do.

/**
 * What takes longest from its start to its end, the longest first, by their paths in the folder of the compiler; `dist/chunks/costs.txt` tells of the last
 * run. Files that wait for answers within a time (chaos, submit-cluster) are not among them, however long: these would start beside all that need the
 * processors most.
 */
export const LONGEST = [
  'streaming/killed',
  'slt/slt',
  'oracle/spilling',
  'api/killed-statements',
  'streaming/large-state',
  'oracle/random-queries',
  'streaming/killed-transactions',
  'pipelines/state-on-disk',
].map((name) => `test/${name}.test.js`)

const rankOf = ({ files }) => {
  const ranks = files.map((file) => LONGEST.indexOf(file)).filter((rank) => rank >= 0)
  return Math.min(LONGEST.length, ...ranks)
}

/** @param runs each of one file or a group of them; those that are as long stay in their order */
export const longestFirst = (runs) => runs.toSorted((a, b) => rankOf(a) - rankOf(b))
