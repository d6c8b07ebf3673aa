import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { resolvePaths } from '../../connectors/files/systems/paths.js'
import { raised } from '../support/raised.js'

/** Whom nothing is forbidden becomes somebody else meanwhile. */
const NOBODY = 65_534

test('a folder that may not be listed is one condition, named outright, by a pattern or within another one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-unreadable-'))
  const closed = join(folder, 'day=1')
  mkdirSync(closed)
  writeFileSync(join(closed, 'a.csv'), 'a\n1\n')
  chmodSync(folder, 0o755)
  // Its files may be opened by name.
  chmodSync(closed, 0o711)
  const isRoot = process.getuid?.() === 0
  try {
    if (isRoot) process.seteuid!(NOBODY)
    for (const path of [closed, folder, join(closed, '*.csv'), join(folder, '*', '*.csv')])
      t.is((await raised(t, resolvePaths([path]), 'FAILED_READ_FILE')).parameters['path'], closed)
    t.is((await resolvePaths([join(closed, 'a.csv')])).length, 1)
  } finally {
    if (isRoot) process.seteuid!(0)
    chmodSync(closed, 0o700)
    rmSync(folder, { recursive: true })
  }
})
