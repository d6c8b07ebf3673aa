import test from 'ava'
import { BIGINT, DOUBLE, type Field, field, INT, STRING } from '../../../columnar/types.js'
import type { Json } from '../../../connectors/api.js'
import type { StoredOperator } from '../../../driver/streaming/checkpoint-entries.js'
import { decodeEntry, type EntryHeader, encodeEntry } from '../../../driver/streaming/log-entry.js'
import { sameJson } from '../../../driver/streaming/same-json.js'
import { stateChanges } from '../../../driver/streaming/state-changes.js'
import { raised } from '../../support/raised.js'

const HEADER: EntryHeader = { entry: 'offsets/3', queryId: 'q', version: 0, epoch: 2, previous: null }

test('an entry is read as it was written, and with any byte of it changed it is refused', async (t) => {
  const { text, digest } = encodeEntry(HEADER, [{ a: 1n }, [null, 'x']])
  t.deepEqual(decodeEntry('p', text), { header: HEADER, lines: [{ a: 1n }, [null, 'x']], digest })
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1)
    for (const damaged of [changed, text.slice(0, at), `${text.slice(0, at)}7${text.slice(at)}`]) {
      await raised(t, () => decodeEntry('p', damaged), 'STREAMING_CHECKPOINT_CORRUPT')
    }
  }
})

test('an entry needs all that a header says, each of its kind', (t) => {
  const read = (header: object): unknown => decodeEntry('p', encodeEntry(header as EntryHeader, []).text).header
  t.deepEqual(read({ ...HEADER, previous: 'd' }), { ...HEADER, previous: 'd' })
  for (const [name, wrong] of [
    ['entry', 3],
    ['queryId', null],
    ['version', 0.5],
    ['version', '0'],
    ['epoch', null],
    ['previous', 4],
  ] as const)
    t.throws(() => read({ ...HEADER, [name]: wrong }), { message: /has no header/ }, name)
  for (const name of Object.keys(HEADER)) {
    const { [name as keyof EntryHeader]: _, ...rest } = HEADER
    t.throws(() => read(rest), { message: /has no header/ }, name)
  }
})

test('values of JSON are the same with the same members in any order, and nothing else is', (t) => {
  const values = [
    null,
    0,
    1,
    '',
    '0',
    true,
    false,
    [],
    {},
    [0],
    [null],
    [0, 1],
    [1, 0],
    { 0: 0 },
    { a: null },
    { a: 1 },
  ]
  const more = [{ a: 1, b: 2 }, { a: { b: [1] } }, { a: { b: [2] } }, { b: 1 }, [[0]], [{}]]
  const all = [...values, ...more] as readonly Json[]
  for (const [i, a] of all.entries())
    for (const [j, b] of all.entries()) t.is(sameJson(a, structuredClone(b)), i === j, JSON.stringify([a, b]))
  t.true(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 }))
})

const part = (meaning: string, ...columns: readonly Field[]) => ({ meaning, columns })
const [KEY, TOTAL] = [part('k', field('k', INT)), part('sum(n)', field('sum', BIGINT), field('rows', BIGINT, false))]
const GROUPS: StoredOperator = {
  ...{ operatorId: 1, name: 'aggregate', version: 1, partitions: 4 },
  parts: { keys: [KEY], values: [TOTAL], rule: 'for ever' },
}
const changed = (parts: Partial<StoredOperator['parts']>, rest: Partial<StoredOperator> = {}): StoredOperator => ({
  ...GROUPS,
  ...rest,
  parts: { ...GROUPS.parts, ...parts },
})

test('state goes on as it is, is moved, or is lost, by what has changed of an operator', (t) => {
  const count = part('count(1)', field('count', BIGINT, false))
  const least = part('min(n)', field('min', INT))
  const fateOf = (now: StoredOperator, old = GROUPS): string => {
    const [{ fate, move } = { fate: '', move: undefined }, ...more] = stateChanges([old], [now])
    return [fate, ...(move ? [move.columns.join(' '), move.partitions] : []), ...more.map((one) => one.fate)].join('; ')
  }
  t.is(fateOf(GROUPS), 'kept')
  t.is(fateOf(changed({}, { partitions: 5 })), 'migrated; 0 1 2; 5')
  t.is(fateOf(changed({ values: [least, TOTAL] }), changed({ values: [TOTAL, least] })), 'migrated; 0 3 1 2; 4')
  t.is(fateOf(changed({ keys: [part('k', field('k', BIGINT))] })), 'migrated; 0 1 2; 4')
  t.is(fateOf(changed({ values: [part('sum(n)', field('sum', DOUBLE), field('rows', BIGINT, false))] })), 'lost')
  t.is(fateOf(changed({ values: [part('sum(n)', field('sum', BIGINT))] })), 'lost')
  t.is(fateOf(changed({ values: [TOTAL, least] })), 'migrated; 0 1 2 ; 4')
  t.is(
    fateOf(changed({ values: [TOTAL, part('text', field('text', STRING, false))] })),
    'lost',
    'nothing to begin with',
  )
  t.is(fateOf(changed({ values: [] })), 'lost')
  t.is(fateOf(changed({ keys: [KEY, part('j', field('j', INT))] })), 'lost')
  t.is(fateOf(changed({ keys: [part('j', field('k', INT))] })), 'lost')
  t.is(fateOf(changed({ keys: [part('k', field('k', STRING))] })), 'lost')
  const two = [KEY, part('j', field('j', INT))]
  t.is(fateOf(changed({ keys: [part('i', field('i', INT)), two[1]!] }), changed({ keys: two })), 'lost')
  t.is(fateOf(changed({ rule: 'until the watermark' })), 'lost')
  t.is(fateOf(changed({}, { version: 2 })), 'lost')
  t.is(fateOf(changed({}, { name: 'join' })), 'lost')
  t.is(fateOf(changed({}, { operatorId: 2 })), 'lost; lost')
  const several = { severalRows: true } as const
  t.is(fateOf(changed(several), changed(several)), 'kept')
  t.is(fateOf(changed(several, { partitions: 5 }), changed(several)), 'lost')
  const joined = { severalRows: { kind: 'joined', side: 'left', keys: [], isNumbered: true } } as const
  t.is(fateOf(changed({ ...joined, values: [TOTAL, least] }), changed(joined)), 'lost')
  t.is(fateOf(changed({ values: [TOTAL, count] })), 'migrated; 0 1 2 ; 4')
})
