import { hidingSecrets } from '../common/secret-options.js'
import type { Options } from '../connectors/api.js'

export type OptionValue = string | number | boolean | bigint

/** Options travel as text. */
const optionText = (value: OptionValue): string => String(value)

export const NO_OPTIONS: Options = hidingSecrets({})

/** Options with one more, which do not show secrets when a plan that holds them is printed. */
export const withOption = (options: Options, key: string, value: OptionValue): Options =>
  hidingSecrets({ ...options, [key]: optionText(value) })
