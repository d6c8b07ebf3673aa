import test from 'ava'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Logger } from '../../../common/log.js'
import type { StreamSource } from '../../../connectors/api.js'
import { withHarmlessDisplay } from '../../../driver/streaming/display-only.js'

const LAG = { latestOffset: 8n, behind: { numbers: 7n } }

/** A source whose display fails as it is told. */
function failing(): { stream: StreamSource; lines: string[]; fail(error: Error | undefined): void } {
  let failure: Error | undefined
  const duty = <T>(value: T): Promise<T> => (failure === undefined ? Promise.resolve(value) : Promise.reject(failure))
  const lines: string[] = []
  const stream = withHarmlessDisplay(
    {
      initialOffset: () => Promise.resolve(0n),
      latestOffset: (from, limited, goal) => Promise.resolve([from, limited, goal ?? null]),
      planSplits: (from, until, columns, parallelism) =>
        Promise.resolve([{ data: [from, until, columns.length, parallelism] }]),
      committed: () => duty(undefined),
      shown: (offset) => [offset, 'shown'],
      lag: () => duty(LAG),
      close: () => Promise.resolve(),
    },
    { warn: ({ cause }: { cause: string }) => void lines.push(cause) } as unknown as Logger,
  )
  return {
    stream,
    lines,
    fail: (error) => {
      failure = error
    },
  }
}

const refused = (reason: string): MillraceError =>
  new MillraceError('KAFKA_OFFSETS_NOT_COMMITTED', { groupId: 'shown', reason })

test('a refused commit is logged once with its cause, and again when the cause is another or it had worked since', async (t) => {
  const { stream, lines, fail } = failing()
  fail(refused('it has members'))
  await stream.committed!(1n)
  await stream.committed!(2n)
  t.is(lines.length, 1)
  t.regex(lines[0]!, /KAFKA_OFFSETS_NOT_COMMITTED.*shown.*it has members/)
  fail(refused('no right to it'))
  await stream.committed!(3n)
  t.is(lines.length, 2)
  fail(undefined)
  await stream.committed!(4n)
  fail(refused('no right to it'))
  await stream.committed!(5n)
  t.is(lines.length, 3)
})

test('a lag that is not known is none, and a stream that is being stopped is no cause for a line', async (t) => {
  const { stream, lines, fail } = failing()
  t.is(await stream.lag!(1n), LAG)
  fail(new MillraceError('KAFKA_UNAVAILABLE', { servers: 'a:1', reason: 'away' }))
  t.is(await stream.lag!(1n), undefined)
  t.is(lines.length, 1)
  fail(new MillraceError('OPERATION_CANCELED'))
  await stream.committed!(1n)
  t.is(lines.length, 1)
})

test('what is not for display passes through', async (t) => {
  const { stream } = failing()
  t.is(await stream.initialOffset(), 0n)
  t.deepEqual(await stream.latestOffset(1n, true, 2n), [1n, true, 2n])
  t.deepEqual(stream.shown!(1n), [1n, 'shown'])
  t.deepEqual(await stream.planSplits(1n, 2n, ['a'], 3), [{ data: [1n, 2n, 1, 3] }])
})
