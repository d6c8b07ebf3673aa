/*
 * Loaded before a program (`--import`): prints, for files and folders below SYNCS_BELOW, `sync PATH` when one was forced to the disk and `link PATH` when a file got
 * that name, in the order in which it happens in all threads.
 */
import { writeSync } from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const below = process.env['SYNCS_BELOW'] ?? ''
const open = fs.open
const link = fs.link

async function recordedOpen(...args: Parameters<typeof fs.open>): ReturnType<typeof fs.open> {
  const handle = await open(...args)
  const path = String(args[0])
  if (!path.startsWith(below)) return handle
  const sync = handle.sync.bind(handle)
  handle.sync = async () => {
    await sync()
    writeSync(1, `sync ${path.slice(below.length)}\n`)
  }
  return handle
}

async function recordedLink(...args: Parameters<typeof fs.link>): Promise<void> {
  const [, path] = args
  if (String(path).startsWith(below)) writeSync(1, `link ${String(path).slice(below.length)}\n`)
  await link(...args)
}

Object.assign(fs, { open: recordedOpen, link: recordedLink })
syncBuiltinESMExports()
