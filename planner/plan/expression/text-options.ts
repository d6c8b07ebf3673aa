/**
 * Options of a function that reads or writes texts (`from_json`, `to_csv`), by Spark's names: those that were given and differ from what holds without
 * them, checked, and as one would write them in the query. The zone of times is among them where it is not UTC.
 */
export type TextOptions = Readonly<Record<string, string>>
