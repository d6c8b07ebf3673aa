import test from 'ava'
import { type DecoderFinding, fuzzDecoder } from '../support/fuzz/decoders/decoder-fuzz.js'
import { DECODERS } from '../support/fuzz/decoders/decoders.js'

const SEED = 10
const INPUTS = 250

for (const decoder of DECODERS)
  test(`damaged inputs are read or refused by a condition, and nothing of them is kept: ${decoder.name}`, async (t) => {
    const findings: DecoderFinding[] = []
    const counts = await fuzzDecoder(
      decoder,
      SEED,
      (number) => number < INPUTS,
      (finding) => findings.push(finding),
    )
    t.deepEqual(findings, [])
    t.is(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      INPUTS,
    )
  })
