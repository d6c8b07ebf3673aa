/** `npm run bench -- tpch|tpcds|groupby|functions|kafka|kafka-sink|startup|latency|spill|state|udf|text|sort|join|scale|shuffle|profile Q`: measures Millrace and the rivals on this machine side by side, prints ratios and writes bench/results. */
import { benchFunctions } from './functions.js'
import { benchGroupby } from './groupby.js'
import { benchJoin } from './join.js'
import { benchKafkaSink } from './kafka/sink.js'
import { benchKafka } from './kafka.js'
import { benchLatency } from './latency.js'
import { benchProfile } from './profile.js'
import { benchScale } from './scale.js'
import { benchShuffle } from './shuffle.js'
import { benchSort } from './sort.js'
import { benchSpill } from './spill.js'
import { benchStartup } from './startup.js'
import { benchState } from './state.js'
import { benchText } from './text.js'
import { benchTpcds } from './tpcds.js'
import { benchTpch } from './tpch.js'
import { benchUdf } from './udf.js'

interface Bench {
  readonly flags: readonly string[]
  /** Of one that is told what to measure: what that is called. */
  readonly told?: string
  readonly run: (flags: ReadonlySet<string>, told: string) => Promise<void>
}

const BENCHES: Readonly<Record<string, Bench>> = {
  tpch: { flags: [], run: benchTpch },
  tpcds: { flags: [], run: benchTpcds },
  groupby: { flags: [], run: benchGroupby },
  functions: { flags: [], run: benchFunctions },
  kafka: { flags: ['--real'], run: benchKafka },
  'kafka-sink': { flags: [], run: benchKafkaSink },
  latency: { flags: ['--real'], run: benchLatency },
  startup: { flags: [], run: benchStartup },
  spill: { flags: [], run: benchSpill },
  state: { flags: [], run: benchState },
  udf: { flags: [], run: benchUdf },
  text: { flags: [], run: benchText },
  sort: { flags: [], run: benchSort },
  join: { flags: [], run: benchJoin },
  scale: { flags: [], run: benchScale },
  shuffle: { flags: [], run: benchShuffle },
  profile: { flags: [], told: 'Q', run: (_, query) => benchProfile(query) },
}

const [name = '', ...args] = process.argv.slice(2)
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
const told = bench?.told ? args[0] : ''
const flags = bench?.told ? args.slice(1) : args
if (!bench || told === undefined || flags.some((flag) => !bench.flags.includes(flag))) {
  const usages = Object.entries(BENCHES).map(([key, one]) =>
    [key, ...(one.told ? [one.told] : []), ...one.flags.map((f) => `[${f}]`)].join(' '),
  )
  process.stderr.write(`usage: npm run bench -- ${usages.join(' | ')}\n`)
  process.exitCode = 2
} else await bench.run(new Set(flags), told)
