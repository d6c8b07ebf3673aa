import { readFileSync } from 'node:fs'

/** What Spark answered to `test/support/spark/ask.py`: a value a line. */
export function sparkData<Row>(name: string): readonly Row[] {
  const text = readFileSync(new URL(`../../../test/data/spark/${name}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
