import test from 'ava'
import { field, INT, STRING } from '../../columnar/types.js'
import type { LogicalProject } from '../../planner/plan/logical/plan.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { OF_ARRAYS, OF_TEXTS } from '../support/long-calls.js'
import { WorkCounter } from '../support/work-counted.js'

const catalog = catalogOf({
  t: { provider: 'parquet', options: {}, paths: ['t'], schema: { fields: [field('s', STRING), field('n', INT)] } },
})

const [LENGTH, TIMES] = [700, 4]
/** So many times as much to do for what is four times as long, as sorting has, and as what grows by doubling may have. */
const MOST_GROWTH = 7
const WORD = 'aaab c,'

const ofArray = (call: string): string => call.replace(/\ba\b(?!')/g, 'sequence(1L, bigint(n))')

/** What is wrong with a call; undefined where its work grows as what it is given does. */
async function faultOf(call: string, counter: WorkCounter): Promise<string | undefined> {
  const plan = analyzed(`select hash(to_json(struct(${call} as x))) from t`, catalog) as LogicalProject
  const stepsFor = async (length: number): Promise<number> => {
    const { steps, outcome } = await counter.workOf(plan, [WORD.repeat(length / WORD.length), length])
    if ('error' in outcome && outcome.error.domain === 'internal') throw outcome.error
    return steps
  }
  try {
    // Memory that grows for the first row and stays counts for none.
    await stepsFor(LENGTH * TIMES)
    const [once, more] = [await stepsFor(LENGTH), await stepsFor(LENGTH * TIMES)]
    return more > once * MOST_GROWTH ? `${call}: ${once} steps, then ${more}` : undefined
  } catch (error) {
    return `${call}: ${String(error)}`
  }
}

test('what functions do grows no faster than texts and arrays do', async (t) => {
  t.timeout(240_000)
  const counter = await WorkCounter.start()
  const faults: (string | undefined)[] = []
  for (const call of [...OF_TEXTS, ...OF_ARRAYS.map(ofArray)]) faults.push(await faultOf(call, counter))
  counter.stop()
  t.deepEqual(
    faults.filter((fault) => fault !== undefined),
    [],
  )
})
