import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Config } from '../../common/config/config.js'
import { stateKeyOf } from '../../common/encryption/file-protection.js'
import { decommissionOptions } from '../../driver/allocation-settings.js'
import { fileProtection } from '../../driver/file-protection.js'
import { raised, refusal } from '../support/raised.js'

const keyText = (i: number): string => i.toString(16).padStart(64, '0')
const idOf = (i: number): string => stateKeyOf(Buffer.from(keyText(i), 'hex')).id

test('a session encrypts what its settings say: local files, state that is kept by the first key of a file, or both', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'file-protection-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'keys')
  writeFileSync(path, `${keyText(1)}\n\n  ${keyText(2)}\n`)
  const of = (settings: Record<string, string>) => fileProtection(new Config(settings))
  const [local, kept] = [{ 'io.encryption.enabled': 'true' }, { 'checkpoint.encryption.keyFile': path }]
  t.is(of({}), undefined)
  t.is(of({ 'io.encryption.keySizeBits': '256' }), undefined)
  const ofLocal = of({ ...local, 'io.encryption.keySizeBits': '256' })!
  t.like(ofLocal, { keyBits: 256, keptKey: undefined })
  t.deepEqual(
    ofLocal.stateKeys.map(({ id }) => id),
    [ofLocal.temporaryKey],
  )
  const ids = [idOf(1), idOf(2)]
  const ofKept = of(kept)!
  t.like(ofKept, { keyBits: undefined, keptKey: ids[0], temporaryKey: undefined })
  t.deepEqual(
    ofKept.stateKeys.map(({ id }) => id),
    ids,
  )
  const ofBoth = of({ ...local, ...kept })!
  t.like(ofBoth, { keyBits: 128, keptKey: ids[0] })
  t.deepEqual(
    ofBoth.stateKeys.map(({ id }) => id),
    [...ids, ofBoth.temporaryKey],
  )
  t.not(ofBoth.temporaryKey, ofLocal.temporaryKey, 'each session has its own')
})

test('a file of keys has one to sixteen of them, and what is none is told by its line and not as it is', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'file-protection-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'keys')
  const of = (lines: readonly string[]) => {
    writeFileSync(path, lines.join('\n'))
    return fileProtection(new Config({ 'checkpoint.encryption.keyFile': path }))
  }
  const keys = Array.from({ length: 17 }, (_, i) => keyText(i))
  t.is(of(keys.slice(1))?.stateKeys.length, 16)
  t.regex(await refusal(t, () => of(keys)), /it has 17 keys, not 1 to 16/)
  t.regex(await refusal(t, () => of(['', ' '])), /it has 0 keys/)
  for (const wrong of [keyText(1).slice(1), `${keyText(1)}0`, `${keyText(1).slice(1)}g`]) {
    const told = await refusal(t, () => of([keyText(1), '', wrong]))
    t.regex(told, /^INVALID_CONF_VALUE: .*its line 3 is no key/s)
    t.false(told.includes(wrong))
  }
  rmSync(path)
  await raised(t, () => fileProtection(new Config({ 'checkpoint.encryption.keyFile': path })), 'FAILED_READ_FILE')
})

test('executors that are to go take their time, and have others take what they hold, as far as settings say', (t) => {
  const of = (settings: Record<string, string>) =>
    decommissionOptions(new Config({ 'executor.decommission.forceKillTimeout': '7s', ...settings }))
  const [all, nothing] = [
    { timeoutMs: 7_000, movesShuffles: true, movesCaches: true },
    { movesShuffles: false, movesCaches: false },
  ]
  const on = { 'decommission.enabled': 'true', 'storage.decommission.enabled': 'true' }
  t.deepEqual(of(on), all)
  t.deepEqual(of({ ...on, 'decommission.enabled': 'false' }), { ...nothing, timeoutMs: 0 })
  t.deepEqual(of({ ...on, 'storage.decommission.enabled': 'false' }), { ...nothing, timeoutMs: 7_000 })
  t.deepEqual(of({ ...on, 'storage.decommission.shuffleBlocks.enabled': 'false' }), { ...all, movesShuffles: false })
  t.deepEqual(of({ ...on, 'storage.decommission.rddBlocks.enabled': 'false' }), { ...all, movesCaches: false })
})
