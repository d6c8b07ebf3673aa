import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, StreamSinkRules } from '../api.js'

/** What is handed over may have had its effect when the stream fails, and is handed over again. */
export const AT_LEAST_ONCE: StreamSinkRules = {
  modes: ['append', 'update', 'complete'],
  guarantee: () => 'atLeastOnce',
}

/** Refuses options but those known, which are given in small letters. @throws INVALID_OPTION */
export function refuseOptions(options: Options, provider: string, known: readonly string[] = []): void {
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name.toLowerCase())) throw invalidOption(provider, name, value, 'there is no such option')
  }
}

export const invalidOption = (provider: string, option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { provider, option, value, reason })
