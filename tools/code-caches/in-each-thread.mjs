// Goes before all else in each thread of run.mjs: writes the code of the scripts that its thread has loaded when it is told to.
import { existsSync, writeFileSync } from 'node:fs'
import { loadedScripts } from '../../dist/bundle/common/cached-script.js'

const channel = new BroadcastChannel('code caches')
channel.unref()
channel.onmessage = ({ data }) => {
  if (data !== 'write') return
  for (const { script, cachePath } of loadedScripts())
    if (!existsSync(cachePath)) writeFileSync(cachePath, script.createCachedData())
  channel.postMessage('written')
}
