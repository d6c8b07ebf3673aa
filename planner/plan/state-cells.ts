/*
 * State that code of the user keeps is cells: bytes under keys of bytes. A key is the number of its variable (1 byte), its part (1), how long its group is (4), the group, and the member.
 * Groups, keys of maps and rows are arrays of one struct (columnar/row-bytes.ts). All of it is kept in checkpoints and stays as it is.
 */

/** What cells of a state variable hold. */
export const CELL_PARTS = {
  /** A value; of a list between which numbers its items are; of a map how many entries there are. */
  whole: 0,
  /** Items of a list by their numbers, entries of a map by their keys. */
  member: 1,
  /** The keys of a map by the places of its entries. */
  place: 2,
} as const

/** The number of the variable that timers are kept as: a map whose keys are times, in milliseconds (8 bytes). */
export const TIMER_CELLS = 255

export const CELL_GROUP_LENGTH = 2
export const CELL_GROUP = 6
/** The place of an entry of a map, which lies before its value. */
export const ENTRY_PLACE_BYTES = 4
