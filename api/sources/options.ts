import { hidingSecrets } from '../../common/secret-options.js'
import type { Options } from '../../connectors/api.js'

export type OptionValue = string | number | boolean | bigint

export const NO_OPTIONS: Options = hidingSecrets({})

/** Options with one more, which do not show secrets when a plan that holds them is printed. They travel as text. */
export const withOption = (options: Options, key: string, value: OptionValue): Options =>
  hidingSecrets({ ...options, [key]: String(value) })

/** Options with more of them; those that are undefined are not given. */
export function withOptions(options: Options, more: Readonly<Partial<Record<string, OptionValue>>>): Options {
  const given = Object.entries(more).filter((option): option is [string, OptionValue] => option[1] !== undefined)
  return hidingSecrets({ ...options, ...Object.fromEntries(given.map(([key, value]) => [key, String(value)])) })
}
