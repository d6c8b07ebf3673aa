import type { ViewEntry } from '../../connectors/catalog.js'
import type { Variables } from '../session/session-variables.js'

/** What is being read, to find what reads itself: views by their places, functions by their paths. */
export interface Reading {
  readonly views: readonly string[]
  readonly functions: readonly string[]
  /** What the bodies of temporary functions see: those of where they are called. */
  readonly variables: Variables
}

export const nothingRead = (variables: Variables): Reading => ({ views: [], functions: [], variables })

/** The databases in which the names of what is stored are looked for. */
export const searchedBy = ({
  searched,
  currentDatabase,
}: Pick<ViewEntry, 'searched' | 'currentDatabase'>): readonly string[] => searched ?? [currentDatabase]
