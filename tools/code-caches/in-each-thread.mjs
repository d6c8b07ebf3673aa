// Goes before all else in each thread of run.mjs: writes the code of the scripts that its thread has loaded when it is told to.
import { loadedScripts } from '../../dist/bundle/common/cached-script.js'
import { writeWhole } from './write-whole.mjs'

const channel = new BroadcastChannel('code caches')
channel.unref()
channel.onmessage = ({ data }) => {
  if (data !== 'write') return
  for (const { script, cachePath } of loadedScripts()) writeWhole(cachePath, () => script.createCachedData())
  channel.postMessage('written')
}
