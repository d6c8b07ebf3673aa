import type { DataFrame } from '../../api/index.js'

declare const people: DataFrame<{ name: string | null; age: number }>
declare function anything(frame: DataFrame): void

// What takes any DataFrame takes one whose rows are known.
anything(people)
const some: DataFrame = people
const list: readonly DataFrame[] = [people, some]
anything(list[0]!)
interface Person {
  readonly name: string | null
  readonly age: number
}
declare const typed: DataFrame<Person>
// @ts-expect-error an interface may get more members
anything(typed)
anything(typed.toDF())
