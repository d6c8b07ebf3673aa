import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { stateFolder } from '../../common/state-path.js'
import type { SinkProvider } from '../../connectors/api.js'
import type { WrittenState } from './move-states.js'

/** Where states are written that are moved, driver side: whoever moves them is told their files, and refers to these. A query of the user writes none. */
export const stateSink: SinkProvider = {
  name: 'statestore',
  awaitsCommit: () => true,

  async begin({ provider, streaming }) {
    if (!streaming) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing the format ${provider}` })
    return true
  },

  commit: async () => undefined,

  async abort({ path, options }, messages) {
    for (const { partition, version } of messages as unknown as readonly WrittenState[]) {
      const folder = stateFolder(path!, Number(options['operatorId']), partition)
      if (version) await rm(join(folder, version.file), { force: true })
    }
  },
}
