import { readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { type ConfigEntry, durationEntry, orInfinite } from '../../common/config/entry.js'
import { FIXED_ENTRIES } from '../../common/config/fixed-entries.js'
import { bytesText, durationText, parseBytes, parseDurationMicros } from '../../common/config/units.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

const DOC = new URL('../../../docs/configuration.md', import.meta.url)

test('every default is a valid value of its key', (t) => {
  const config = new Config()
  for (const entry of Object.values(CONFIG)) t.notThrows(() => config.get<unknown>(entry), entry.key)
})

test('sizes and durations are read in time proportional to their length, and no name of JavaScript is a unit', (t) => {
  const digits = '1'.repeat(200_000)
  t.is(parseDurationMicros(digits), undefined)
  t.is(parseDurationMicros(`${'1 day '.repeat(50_000)}x`), undefined)
  t.is(parseBytes(`1${' '.repeat(200_000)}x`), undefined)
  for (const unit of ['constructor', 'toString', '__proto__']) t.is(parseDurationMicros(`1 ${unit}`), undefined, unit)
})

test('a setting is read in its unit and a wrong one is refused by name', (t) => {
  const config = new Config({ 'executor.memory': '1.5 GiB', 'executor.timeout': '2 minutes' })
  t.is(config.get(CONFIG.executorMemory), 1.5 * 1024 ** 3)
  t.is(config.get(CONFIG.executorTimeout), 120_000)
  t.throws(() => new Config({ 'shuffle.partitions': 'many' }), {
    message: /INVALID_CONF_VALUE.*many.*shuffle.partitions/,
  })
  t.throws(() => new Config({ 'shufle.partitions': '4' }), {
    message: /INVALID_CONF_KEY.*Did you mean shuffle.partitions/,
  })
})

test("a setting is known by Spark's name, too, and has one value whichever is used", (t) => {
  const config = new Config({ 'spark.sql.shuffle.partitions': '3', 'spark.executor.memory': '1g' })
  t.is(config.get(CONFIG.shufflePartitions), 3)
  t.is(config.textOf('shuffle.partitions'), '3')
  t.is(config.with({ 'shuffle.partitions': '4' }).textOf('spark.sql.shuffle.partitions'), '4')
  t.is(config.with({ 'spark.sql.shuffle.partitions': '5' }).get(CONFIG.shufflePartitions), 5)
  const { config: after, ignored } = config.changed({
    'spark.sql.shuffle.partitions': '6',
    'spark.executor.memory': '2g',
  })
  t.deepEqual(after.toRecord(), { 'shuffle.partitions': '6', 'executor.memory': '1g' })
  t.deepEqual(ignored, ['executor.memory'])
  t.throws(() => new Config({ 'spark.sql.executor.memory': '1g' }), { message: /INVALID_CONF_KEY/ })
})

test('a setting of a few words takes these in upper and lower case, and no others', (t) => {
  for (const [key, text] of [
    ['spark.sql.ansi.enabled', 'TRUE'],
    ['caseSensitive', 'False'],
    ['timestampType', 'timestamp_ntz'],
  ] as const)
    t.notThrows(() => new Config({ [key]: text }), key)
  t.is(new Config({ timestampType: 'timestamp_ntz' }).get(CONFIG.timestampType), 'TIMESTAMP_NTZ')
  for (const [key, text] of [
    ['spark.sql.ansi.enabled', 'off'],
    ['caseSensitive', '1'],
    ['spark.sql.timestampType', 'TIMESTAMP'],
  ] as const)
    t.throws(() => new Config({ [key]: text }), { message: /INVALID_CONF_VALUE/ }, key)
})

test('a time zone is a region or an offset', (t) => {
  for (const zone of ['UTC', 'Etc/UTC', 'Europe/Rome', '+05:30', 'GMT-3', 'PST'])
    t.notThrows(() => new Config({ 'spark.sql.session.timeZone': zone }), zone)
  for (const zone of ['europe/rome', 'Mars/Phobos', '+25:00', ''])
    t.throws(() => new Config({ 'session.timeZone': zone }), { message: /INVALID_CONF_VALUE.TIME_ZONE/ }, zone)
})

test('a running session takes the settings that queries read, and tells which of the others it leaves', (t) => {
  const { config, ignored } = new Config({ 'executor.memory': '1g' }).changed({
    'shuffle.partitions': '7',
    'executor.memory': '1024m',
    'task.maxFailures': '9',
  })
  t.deepEqual(config.toRecord(), { 'executor.memory': '1g', 'shuffle.partitions': '7' })
  t.deepEqual(ignored, ['task.maxFailures'])
  t.throws(() => config.changed({ 'shuffle.partitions': 'x' }), { message: /INVALID_CONF_VALUE/ })
  t.throws(() => config.changed({ nope: 'x' }), { message: /INVALID_CONF_KEY/ })
})

test('a number is refused where anything stands before or behind it', (t) => {
  const wrong = {
    'task.maxFailures': ['4x', 'x4', '4 5', '4.5', '4e1', ''],
    'speculation.quantile': ['0.5x', '-0.5', '.5', '0.', '5e-1', ''],
  }
  for (const [key, texts] of Object.entries(wrong))
    for (const text of texts) {
      const refused = t.throws(() => new Config({ [key]: text }), undefined, text)
      t.regex(refused.message, /^\[INVALID_CONF_VALUE\]/)
    }
  const config = new Config({ 'task.maxFailures': ' 4 ', 'speculation.quantile': ' 0.50 ' })
  t.deepEqual([config.get(CONFIG.taskMaxFailures), config.get(CONFIG.speculationQuantile)], [4, 0.5])
})

test('what somebody has set is set, also to what it is anyway', (t) => {
  const { defaultText, key } = CONFIG.executorMemory
  t.true(new Config({ [key]: defaultText }).isSet(CONFIG.executorMemory))
  t.false(new Config({ [CONFIG.executorCores.key]: '2' }).isSet(CONFIG.executorMemory))
})

test('an executor that tells less often that it lives than it may be silent is refused', (t) => {
  const message = /INVALID_CONF_VALUE.*executor\.timeout.*longer than executor\.heartbeat/
  t.throws(() => new Config({ 'executor.timeout': '1s' }), { message })
  t.throws(() => new Config({ 'executor.heartbeatInterval': '1 minute' }), { message })
  t.notThrows(() => new Config({ 'executor.heartbeatInterval': '1 minute', 'executor.timeout': '2 minutes' }))
  t.throws(() => new Config({ 'executor.memory': '1k' }), { message: /from 16m to 1t/ })
})

test('sizes and durations are read as people write them', (t) => {
  t.deepEqual(['512', '64k', '10MB', '1 GiB', '1.0009k', '-3', 'ten'].map(parseBytes), [
    512,
    65536,
    10485760,
    1073741824,
    1024,
    undefined,
    undefined,
  ])
  t.deepEqual(
    ['10 seconds', '500ms', '1 minute 30 seconds', 'interval 2 days', '10', 'soon'].map(parseDurationMicros),
    [10_000_000n, 500_000n, 90_000_000n, 172_800_000_000n, undefined, undefined],
  )
})

test('a size is written in the largest unit that divides it, as it is read, and one beyond all numbers is none', (t) => {
  for (const [text, bytes] of [
    ['0', 0],
    ['1', 1],
    ['1023', 1023],
    ['1k', 1024],
    ['1025', 1025],
    ['1536m', 1536 * 1024 ** 2],
    ['3t', 3 * 1024 ** 4],
  ] as const) {
    t.is(bytesText(bytes), text)
    t.is(parseBytes(text), bytes)
  }
  t.is(parseBytes('8191t'), 8191 * 1024 ** 4)
  t.is(parseBytes('8192t'), undefined)
  t.is(parseBytes('0.7'), 0)
})

test('each unit of durations and sizes is as long as it is, in the singular, in the plural and in capitals', (t) => {
  const [minute, hour, day] = [60_000_000n, 3_600_000_000n, 86_400_000_000n]
  for (const [units, micros] of [
    [['us', 'microsecond'], 1n],
    [['ms', 'millisecond'], 1_000n],
    [['s', 'second'], 1_000_000n],
    [['m', 'min', 'minute'], minute],
    [['h', 'hour'], hour],
    [['d', 'day'], day],
    [['week'], 7n * day],
  ] as const) {
    for (const unit of units) {
      const plural = unit.length > 2 ? `3${unit}s` : `3${unit}`
      for (const text of [`3 ${unit}`, plural, `interval 3 ${unit.toUpperCase()}`])
        t.is(parseDurationMicros(text), 3n * micros, text)
    }
  }
  t.deepEqual(
    ['b', 'k', 'm', 'g', 't'].map((unit) => parseBytes(`2${unit}`)),
    [0, 1, 2, 3, 4].map((power) => 2 * 1024 ** power),
  )
  t.deepEqual(['', '  ', 'interval ', '-5 minutes 1s'].map(parseDurationMicros), [
    ...[undefined, undefined, undefined],
    -5n * minute + 1_000_000n,
  ])
  t.deepEqual([-1, 1025, 3 * 1024 ** 2 + 1024].map(bytesText), ['-1', '1025', '3073k'])
})

test('a duration is written in the largest unit that divides it, as it is read', (t) => {
  for (const [text, ms] of [
    ['0ms', 0],
    ['1ms', 1],
    ['1500ms', 1_500],
    ['1s', 1_000],
    ['90s', 90_000],
    ['2min', 120_000],
    ['36h', 36 * 3_600_000],
    ['365d', 365 * 86_400_000],
  ] as const) {
    t.is(durationText(ms), text)
    t.is(parseDurationMicros(text), BigInt(ms) * 1_000n)
  }
})

test('a setting may be as small and as large as it may be, and none may be -1 but where that means none', (t) => {
  const read = (key: string, text: string) => new Config({ [key]: text }).textOf(key)
  for (const [key, good, bad] of [
    ['autoBroadcastJoinThreshold', ['-1', '0', '4g'], ['-2', '4097m']],
    ['executor.memory', ['16m'], ['16777215', '-1']],
    ['shuffle.partitions', ['0', '10000'], ['-1', '10001']],
    ['driver.port', ['0', '65535'], ['65536']],
    ['executor.wait', ['100ms', '1 day'], ['99ms', '86401s']],
    ['path.enabled', ['true', ' TRUE '], []],
  ] as const) {
    for (const text of good) t.is(read(key, text), text, key)
    for (const text of bad) t.throws(() => read(key, text), { message: /INVALID_CONF_VALUE/ }, `${key}=${text}`)
  }
  t.throws(() => read('path.enabled', 'false'), { message: /UNSUPPORTED_FEATURE/ })
})

test('a setting that has one meaning takes that under both names, and refuses others by name', (t) => {
  const policy = 'spark.sql.legacy.timeParserPolicy'
  for (const key of [policy, 'legacy.timeParserPolicy'])
    for (const text of ['CORRECTED', 'corrected']) t.notThrows(() => new Config({ [key]: text }), `${key}=${text}`)
  t.is(new Config().textOf(policy), 'CORRECTED')
  t.throws(() => new Config({ [policy]: 'LEGACY' }), {
    message: /UNSUPPORTED_FEATURE.*legacy.timeParserPolicy=LEGACY: it is always CORRECTED/,
  })
  const { config, ignored } = new Config().changed({ 'spark.sql.storeAssignmentPolicy': 'ansi' })
  t.deepEqual([config.toRecord(), ignored], [{ storeAssignmentPolicy: 'ansi' }, []])
})

test('docs/configuration.md lists the keys as they are', (t) => {
  const rowOf = (e: ConfigEntry<unknown>): string =>
    `| \`${e.key}\` | ${e.sparkKey ? `\`${e.sparkKey}\`` : ''} | \`${e.defaultText}\` | ${e.values} | ${e.doc} |`
  const rows = Object.values<ConfigEntry<unknown>>(CONFIG).map(rowOf)
  const changeable = Object.values<ConfigEntry<unknown>>(CONFIG).flatMap((e) =>
    e.isChangeable ? [`\`${e.key}\``] : [],
  )
  const text = [
    '# Configuration',
    '',
    "Set with `Session.builder().config(key, value)`, `--config key=value`, `SET key = value` or `session.conf.set(key, value)`, under our key or Spark's.",
    'What Spark has and these tables do not is refused, and so is a value that would change what queries mean and is not built. This page is generated: `UPDATE_GOLDEN=1 npm test` renews it.',
    `While a session runs, \`getOrCreate()\` changes ${changeable.join(' and ')}; the others keep their values.`,
    '',
    '| key | in Spark | default | values | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'These have one meaning here: the value is taken, and others are refused.',
    '',
    '| key | in Spark | value | meaning |',
    '| --- | --- | --- | --- |',
    ...FIXED_ENTRIES.map(
      (e) => `| \`${e.key}\` | ${e.sparkKey ? `\`${e.sparkKey}\`` : ''} | \`${e.values}\` | ${e.doc} |`,
    ),
    '',
  ].join('\n')
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(DOC, text)
  t.is(readFileSync(DOC, 'utf8'), text)
})

test('both bounds of a setting are values of it, parts of a millisecond count, and words may stand in any letters', (t) => {
  const partitions = (text: string): number => CONFIG.shufflePartitions.read(text)
  t.deepEqual(['0', '10000'].map(partitions), [0, 10_000])
  for (const text of ['-1', '10001']) t.throws(() => partitions(text), { message: /from 0 to 10000/ })
  t.is(CONFIG.heartbeatInterval.read('10500us'), 10.5)
  const timeout = durationEntry({ key: 'k', doc: '', defaultText: '1s' }, 1, 2_000)
  t.deepEqual([' Infinity ', '2s'].map(orInfinite(timeout).read), [Number.POSITIVE_INFINITY, 2_000])
})

test('a silence that is no longer than a heartbeat is refused with the value that it has', (t) => {
  const refusedValue = (settings: Readonly<Record<string, string>>): unknown =>
    t.throws<MillraceError>(() => new Config(settings)).parameters['value']
  t.is(refusedValue({ 'executor.timeout': '1s' }), '1s')
  t.is(refusedValue({ 'executor.heartbeatInterval': '30s' }), '20s')
})
