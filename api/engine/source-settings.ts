import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { Options } from '../../connectors/api.js'

/** Settings of a session that sources take as options; those that are as they are without saying so are left out. */
export function sourceSettings(config: Config): Options {
  const settings: Record<string, string> = {}
  for (const [option, entry] of [
    ['ignoreCorruptFiles', CONFIG.ignoreCorruptFiles],
    ['ignoreMissingFiles', CONFIG.ignoreMissingFiles],
    ['binaryFile.maxLength', CONFIG.binaryFileMaxLength],
  ] as const) {
    const text = config.textOf(entry.key)
    if (text !== undefined && text !== entry.defaultText) settings[option] = text
  }
  return settings
}
