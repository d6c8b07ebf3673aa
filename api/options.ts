export type OptionValue = string | number | boolean | bigint

/** Options travel as text. */
export const optionText = (value: OptionValue): string => String(value)
