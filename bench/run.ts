/** `npm run bench -- tpch|kafka|startup`: measures Millrace and the rivals on this machine side by side, prints ratios and writes bench/results. */
import { benchKafka } from './kafka.js'
import { benchStartup } from './startup.js'
import { benchTpch } from './tpch.js'

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  tpch: benchTpch,
  kafka: benchKafka,
  startup: benchStartup,
}

const name = process.argv[2] ?? ''
const bench = BENCHES[name]
if (!bench) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')}\n`)
  process.exitCode = 2
} else await bench()
