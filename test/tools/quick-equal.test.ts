import test from 'ava'

const tool: string = new URL('../../../tools/tested/quick-equal.mjs', import.meta.url).href
const { surelyEqual } = (await import(tool)) as { surelyEqual(one: unknown, other: unknown): boolean }

test('lists and records of simple values are surely equal when all their values are the same', (t) => {
  const make = () => ({ rows: [[1, 'a', null, 2n, Number.NaN], [true, undefined], []], of: { name: 'x' } })
  t.true(surelyEqual(make(), make()))
  t.true(surelyEqual({ a: 1, b: 2 }, { b: 2, a: 1 }), 'as to ava, whatever the order of names')
  for (const [one, other] of [
    [[0], [-0]],
    [[1], ['1']],
    [[1], [1n]],
    [[1, 2], [1]],
    [[1], [1, undefined]],
    [[null], [undefined]],
    [[], {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: undefined }, {}],
    [new Array(2), new Array(3)],
    [Object.assign([1], { extra: 1 }), Object.assign([1], { extra: 2 })],
    [{ deep: [{ a: 1 }] }, { deep: [{ a: 2 }] }],
  ] as const) {
    t.false(surelyEqual(one, other))
    t.false(surelyEqual(other, one))
    t.notDeepEqual(one, other as never)
  }
})

test('what is no plain list or record, holds itself or has symbols or gaps is left to ava', (t) => {
  class Point {
    readonly x = 1
  }
  const symbol = Symbol('a')
  for (const make of [
    () => new Date(0),
    () => new Map([[1, 2]]),
    () => new Set([1]),
    () => new Uint8Array(2),
    () => new Point(),
    () => Object.create(null),
    () => ({ [symbol]: 1 }),
    () => () => 1,
  ])
    t.false(surelyEqual([make()], [make()]))
  const holding = () => {
    const list: unknown[] = []
    list.push(list)
    return list
  }
  t.false(surelyEqual(holding(), holding()))
  t.false(surelyEqual(new Array(2), [undefined, undefined]))
})
