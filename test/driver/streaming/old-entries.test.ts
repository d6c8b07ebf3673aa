import test from 'ava'
import { type CheckpointFiles, localCheckpoint } from '../../../common/checkpoint-files.js'
import { olderEntries, removeEntries } from '../../../driver/streaming/old-entries.js'
import { raised } from '../../support/raised.js'

const place = (over: Partial<CheckpointFiles>) => {
  const { files, location } = localCheckpoint('/checkpoint')
  return { location, files: { ...files, ...over } }
}

test('older entries are the numbered ones before a batch', async (t) => {
  const list = async (): Promise<string[]> => ['3', '4', '10', '2.0', '2.11', '4.0', 'next', '1.x']
  t.deepEqual(await olderEntries(place({ list }), 'prepared', 4), ['prepared/3', 'prepared/2.0', 'prepared/2.11'])
})

test('many entries are removed at once, and of very many some at a time', async (t) => {
  const removed: string[] = []
  let [atOnce, most] = [0, 0]
  const remove = async (path: string): Promise<void> => {
    most = Math.max(most, ++atOnce)
    await Promise.resolve()
    atOnce--
    removed.push(path)
  }
  const entries = Array.from({ length: 100 }, (_, i) => `offsets/${i}`)
  await removeEntries(place({ remove }), entries)
  t.is(most, 32)
  t.deepEqual(
    removed,
    entries.map((entry) => `/checkpoint/${entry}`),
  )
})

test('an entry that cannot be removed is told with its path', async (t) => {
  const remove = (path: string): Promise<void> =>
    path.endsWith('/40') ? Promise.reject(new Error('the disk is broken')) : Promise.resolve()
  const entries = Array.from({ length: 64 }, (_, i) => `commits/${i}`)
  const error = await raised(t, removeEntries(place({ remove }), entries), 'FAILED_WRITE_FILE')
  t.is(error.parameters['path'], '/checkpoint/commits/40')
})
