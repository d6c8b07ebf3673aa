import { getEventListeners } from 'node:events'
import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Deadline } from '../../connectors/kafka/client/deadline.js'
import { type Attempts, Retries } from '../../connectors/kafka/client/retries.js'
import { raised } from '../support/raised.js'

const GIVE_UP_MS = 1e6
const { setTimeout: wait } = globalThis
/** How long was waited in the test that runs. */
let pauses: number[] = []
/** After so many pauses the time is up. */
let mostPauses = Number.POSITIVE_INFINITY
let giveUp: () => void = () => undefined

test.before(() => {
  const shortened = (act: () => void, ms: number): NodeJS.Timeout => {
    if (ms === GIVE_UP_MS) {
      giveUp = act
      return wait(() => undefined, 0)
    }
    pauses.push(ms)
    return wait(pauses.length >= mostPauses ? giveUp : act, 0)
  }
  globalThis.setTimeout = shortened as typeof setTimeout
})
test.after.always(() => {
  globalThis.setTimeout = wait
})
test.beforeEach(() => {
  pauses = []
  mostPauses = Number.POSITIVE_INFINITY
})

const failing = (type: string): Error => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type })
const unreachable = (): Error => Object.assign(new Error('nobody is there'), { name: 'KafkaJSConnectionError' })

const attempts = (given: Partial<Attempts> = {}): Attempts => ({
  signal: undefined,
  giveUpMs: GIVE_UP_MS,
  mayBeThere: () => true,
  condition: (error) =>
    MillraceError.is(error) ? error : new MillraceError('KAFKA_UNAVAILABLE', { servers: 'a', reason: String(error) }),
  ...given,
})

/** How often something is tried that always fails, and whether the later times count as repetitions. */
async function triesOf(retries: Retries, error: () => Error, given?: Partial<Attempts>): Promise<readonly boolean[]> {
  const tries: boolean[] = []
  const body = async (again: boolean): Promise<never> => {
    tries.push(again)
    throw error()
  }
  await retries.run(body, attempts(given)).catch(() => undefined)
  return tries
}

/** Each is drawn from the upper half of what it may be. */
function areDrawn(t: ExecutionContext, drawn: readonly number[], longest: readonly number[]): void {
  t.is(drawn.length, longest.length)
  t.true(
    drawn.every((ms, i) => ms >= longest[i]! / 2 && ms <= longest[i]!),
    drawn.join(),
  )
  t.notDeepEqual(drawn, longest)
}

test.serial(
  'a cluster that never answered is tried six times, with pauses that double up to two seconds',
  async (t) => {
    t.deepEqual(await triesOf(new Retries('a'), unreachable), [false, true, true, true, true, true])
    areDrawn(t, pauses, [100, 200, 400, 800, 1600])
  },
)

test.serial(
  'one that has answered is tried until the time is up, and then is no better than one that never did',
  async (t) => {
    const retries = new Retries('a')
    retries.answered()
    mostPauses = 12
    t.is((await triesOf(retries, unreachable)).length, 12)
    areDrawn(t, pauses, [100, 200, 400, 800, 1600, ...Array<number>(7).fill(2000)])
    pauses = []
    mostPauses = Number.POSITIVE_INFINITY
    t.is((await triesOf(retries, unreachable)).length, 6)
  },
)

test.serial(
  'a topic that should be there is asked for eight times, another one and what is no passing fault once',
  async (t) => {
    const unknown = () => failing('UNKNOWN_TOPIC_OR_PARTITION')
    t.is((await triesOf(new Retries('a'), unknown)).length, 8)
    t.is((await triesOf(new Retries('a'), unknown, { mayBeThere: () => false })).length, 1)
    t.is((await triesOf(new Retries('a'), () => failing('MESSAGE_TOO_LARGE'))).length, 1)
  },
)

test.serial('what failed last is told when the time is up, and a cancelled wait ends at once', async (t) => {
  mostPauses = 2
  const retries = new Retries('a')
  const late = await raised(
    t,
    retries.run(() => Promise.reject(unreachable()), attempts()),
    'KAFKA_UNAVAILABLE',
  )
  t.regex(late.message, /nobody is there/)
  const signal = AbortSignal.abort()
  await raised(
    t,
    retries.run(() => new Promise(() => undefined), attempts({ signal })),
    'OPERATION_CANCELED',
  )
})

test.serial('nothing listens to a signal any more when a deadline is released', (t) => {
  const { signal } = new AbortController()
  const deadlines = [1, 2].map(() => new Deadline(GIVE_UP_MS, signal, () => new MillraceError('OPERATION_CANCELED')))
  t.is(getEventListeners(signal, 'abort').length, 2)
  for (const deadline of deadlines) deadline.release()
  t.is(getEventListeners(signal, 'abort').length, 0)
})
