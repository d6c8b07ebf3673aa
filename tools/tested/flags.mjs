// How V8 runs the tests. Most of their code runs a few hundred times, and to optimise it takes a fifth of the processors' time, more than it gives back:
// a function has to run four times as much first as V8 asks of it by itself. What runs for long is optimised nevertheless.
import { setFlagsFromString } from 'node:v8'

/** As Node's own arguments. Cached code is good only for the flags that it was made with (tools/tested/bundle.mjs). */
export const V8_FLAGS = ['--interrupt-budget=270336']

/** Goes before the first script with cached code; threads that are started later have them as well. */
export function useTestFlags() {
  for (const flag of V8_FLAGS) setFlagsFromString(flag)
}
