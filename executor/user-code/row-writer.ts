import { struct } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { RowWriter, WriteDescription } from '../../connectors/api.js'
import type { UserFunction } from '../../planner/plan/expression/user-function.js'
import { failed, type Signature } from './failure.js'
import { isClass, type LoadedFunction, loadFunction } from './load-function.js'

/** What a program does with rows: a function of rows, or an object of a class, as Spark's ForeachWriter. */
interface RowActions {
  open?(partitionId: number, batchId: number): unknown
  process(row: object): unknown
  close?(error: unknown): unknown
}

/** The program of a write, ready in this thread. @throws CANNOT_LOAD_USER_FUNCTION, FAILED_EXECUTE_UDF */
export async function rowWriter({ schema, program }: WriteDescription): Promise<RowWriter> {
  const user = program as UserFunction
  const loaded = await loadFunction(user)
  const signature = { name: user.name, arguments: [struct(schema.fields)], result: struct([]) }
  return new ToldRowWriter(telling(signature, () => actionsOf(loaded)) as RowActions, signature)
}

const actionsOf = (loaded: LoadedFunction): RowActions =>
  isClass(loaded) ? (Reflect.construct(loaded, []) as RowActions) : { process: loaded }

/** Tells what actions throw with the name of the program and the line of the user's file. */
class ToldRowWriter implements RowWriter {
  readonly #actions: RowActions
  readonly #signature: Signature

  constructor(actions: RowActions, signature: Signature) {
    this.#actions = actions
    this.#signature = signature
  }

  async open(partition: number, batchId: number): Promise<boolean> {
    const wanted = await telling(this.#signature, () => this.#actions.open?.(partition, batchId))
    return wanted !== false
  }

  process(row: object): void | Promise<void> {
    const done = telling(this.#signature, () => this.#actions.process(row))
    if (done instanceof Promise) return done as Promise<void>
  }

  async close(error: unknown): Promise<void> {
    await telling(this.#signature, () => this.#actions.close?.(error))
  }
}

/** @throws FAILED_EXECUTE_UDF */
function telling(signature: Signature, run: () => unknown): unknown {
  const told = (error: unknown): never => {
    throw MillraceError.is(error) ? error : failed(signature, error)
  }
  try {
    const done = run()
    return done instanceof Promise ? done.catch(told) : done
  } catch (error) {
    return told(error)
  }
}
