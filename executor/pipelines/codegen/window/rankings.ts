import { DOUBLE, INT } from '../../../../columnar/types.js'
import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import { scalar } from '../../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local } from '../../../compiler/wasm/types.js'
import type { PartitionSite, WindowCode } from './partition-site.js'

type Ranking = 'row_number' | 'rank' | 'dense_rank' | 'percent_rank' | 'cume_dist' | 'ntile'

/** Functions that only depend on where a row stands among the others of its partition. */
export class RankingCode implements WindowCode {
  readonly arrays = 0
  readonly #call: WindowCall
  readonly #fn: Ranking
  readonly carried?: () => readonly []

  constructor(call: WindowCall, fn: Ranking) {
    this.#call = call
    this.#fn = fn
    if (!NEEDS_END.has(fn)) this.carried = () => []
  }

  begin(): void {}

  result(site: PartitionSite): void {
    const { f, rows, row } = site
    PUSH[this.#fn](site, this.#call)
    const isDouble = this.#call.type.kind === 'double'
    const value = scalar(isDouble ? DOUBLE : INT, f.setNew(isDouble ? 'f64' : 'i32'), undefined)
    rows.storeComputed(f, row, this.#call, value)
  }
}

/** Those that depend on how many rows the partition has. */
const NEEDS_END: ReadonlySet<Ranking> = new Set(['percent_rank', 'cume_dist', 'ntile'])

const PUSH: Readonly<Record<Ranking, (site: PartitionSite, call: WindowCall) => void>> = {
  row_number: (site) => pushNumber(site, site.index),
  rank: (site) => pushNumber(site, site.peers.first),
  dense_rank: ({ f, peers }) => f.get(peers.number),
  percent_rank: ({ f, peers, first, end }) => {
    const others = f.get(end).get(first).op('i32.sub').i32(1).op('i32.sub').setNew('i32')
    f.f64(0)
    f.get(peers.first).get(first).op('i32.sub').op('f64.convert_i32_s')
    f.get(others).op('f64.convert_i32_s').op('f64.div')
    f.get(others).op('i32.eqz').select()
  },
  cume_dist: ({ f, peers, first, end }) => {
    f.get(peers.end).get(first).op('i32.sub').op('f64.convert_i32_s')
    f.get(end).get(first).op('i32.sub').op('f64.convert_i32_s').op('f64.div')
  },
  ntile: pushBucket,
}

/** Which one of its partition a row is, from 1 on. */
const pushNumber = ({ f, first, before }: PartitionSite, index: Local): FunctionBuilder =>
  f.get(index).get(first).op('i32.sub').get(before).op('i32.add').i32(1).op('i32.add')

/** The first buckets have a row more than the others, as many of them as rows are left over. */
function pushBucket({ f, index, first, end }: PartitionSite, { n }: WindowCall): void {
  const buckets = n!
  const rows = f.get(end).get(first).op('i32.sub').setNew('i32')
  const size = f.get(rows).i32(buckets).op('i32.div_s').setNew('i32')
  const larger = f.get(rows).i32(buckets).op('i32.rem_s').setNew('i32')
  const before = f.get(index).get(first).op('i32.sub').setNew('i32')
  const inLarger = f.get(size).i32(1).op('i32.add').get(larger).op('i32.mul').setNew('i32')
  f.get(before).get(inLarger).op('i32.lt_s')
  f.if(
    () => f.get(before).get(size).i32(1).op('i32.add').op('i32.div_s'),
    () => f.get(before).get(inLarger).op('i32.sub').get(size).op('i32.div_s').get(larger).op('i32.add'),
    'i32',
  )
  f.i32(1).op('i32.add')
}
