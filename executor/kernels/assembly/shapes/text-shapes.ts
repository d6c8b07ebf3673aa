// What columns lines have, found batch by batch.
import { SAMPLE_CSV, SAMPLE_RATIO, SHAPES_DRAW } from '../../interface/text-shapes'
import { addCsvRows } from '../csv/csv-scan'
import { addCsvRow } from '../csv/csv-shapes'
import { drawDouble } from '../numbers/draws'
import { addJsonRow } from '../json/json-shapes'

export { shapesBegin, shapesRelease } from './shapes'

/** Adds what lines tell, which are told by refs as those of textLines. Of a sample only those that are drawn. */
export function textShapes(spec: usize, refs: usize, rows: i32, state: usize): void {
  const ratio = load<f64>(spec, SAMPLE_RATIO)
  const isCsv = load<u32>(spec, SAMPLE_CSV) != 0
  if (isCsv && ratio >= 1) return addCsvRows(spec, refs, rows, state)
  for (let i = 0; i < rows; i++) {
    if (ratio < 1 && drawDouble(state + SHAPES_DRAW) >= ratio) continue
    const ref = refs + (<usize>i << 3)
    if (isCsv) addCsvRow(spec, load<u32>(ref), load<i32>(ref, 4), state)
    else addJsonRow(spec, load<u32>(ref), load<i32>(ref, 4), state)
  }
}
