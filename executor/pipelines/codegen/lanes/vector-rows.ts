import type { Scope } from '../../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../../compiler/wasm/types.js'
import { LANES, type LaneSite } from './lanes.js'

/** What a consumer does with several rows at a time: the same as it would with one after the other. */
export interface VectorRows {
  /** Emits it for the rows from one on, unless one of them is hard. */
  rows(site: LaneSite): void
  /** The same for rows in which no column has a NULL, and what pushes whether there is none in some; undefined where columns have none. */
  readonly whole?: { rows(site: LaneSite): void; push(first: Operand, end: Operand): void } | undefined
  /** Emits what is to be done with what came of it, behind the loop. */
  end(scope: Scope): void
}

interface RowLoop {
  readonly index: Local
  readonly end: Operand
}

/** Emits the loop over rows from the index on, one at a time. */
export function loopOverRows(f: FunctionBuilder, { index, end }: RowLoop, row: (done: Label) => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(index).get(end).op('i32.ge_u').brIf(done)
      row(done)
      f.get(index).i32(1).op('i32.add').set(index).br(again)
    })
  })
}

/** Emits the loop that takes several rows at a time, and one at a time where these are hard and where there are not so many left. */
export function loopOverVectors(
  f: FunctionBuilder,
  { index, end }: RowLoop,
  vector: VectorRows,
  row: (done: Label) => void,
): void {
  const stop = f.local('i32')
  const { whole } = vector
  whole?.push(index, end)
  const isWhole = whole && f.setNew('i32')
  f.block((done) => {
    f.loop((again) => {
      f.get(index).get(end).op('i32.ge_u').brIf(done)
      f.get(end).set(stop)
      f.block((oneByOne) => {
        f.block((hard) => {
          const each = (rows: VectorRows['rows']) => () =>
            f.loop((next) => {
              f.get(end).get(index).op('i32.sub').i32(LANES).op('i32.lt_u').brIf(oneByOne)
              rows({ f, row: index, hard })
              f.get(index).i32(LANES).op('i32.add').set(index).br(next)
            })
          if (whole && isWhole) f.get(isWhole).if(each(whole.rows), each(vector.rows))
          else each(vector.rows)()
        })
        f.get(index).i32(LANES).op('i32.add').set(stop)
      })
      loopOverRows(f, { index, end: stop }, row)
      f.br(again)
    })
  })
}
