/** The sources that show what checkpoints keep. */
const STATE_FORMATS = ['statestore', 'state-metadata'] as const
export type StateFormat = (typeof STATE_FORMATS)[number]

export const isStateFormat = (name: string): boolean => STATE_FORMATS.some((format) => format === name.toLowerCase())
