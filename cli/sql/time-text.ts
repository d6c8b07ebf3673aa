/** What is told of a statement that has run. */
export function timeText(rows: number, ms: number): string {
  const counted = rows === 0 ? '' : `${rows} ${rows === 1 ? 'row' : 'rows'}, `
  return `${counted}${(ms / 1000).toFixed(3)} s\n`
}
