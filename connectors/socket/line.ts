import type { Json } from '../api.js'

/** A line, and when it came. */
export interface Line {
  readonly text: string
  readonly atMs: number
}

export const splitToJson = (lines: readonly Line[]): Json => lines.map(({ text, atMs }) => [text, atMs])

export const splitFromJson = (json: Json): readonly Line[] =>
  (json as unknown as readonly (readonly [string, number])[]).map(([text, atMs]) => ({ text, atMs }))
