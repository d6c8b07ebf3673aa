/** What Node is started with for a program of tests. @param before modules that are loaded before it, in order: what replaces parts of Node */
export const nodeArguments = (
  program: string,
  args: readonly string[],
  before: readonly string[] = [],
): readonly string[] => [...before.flatMap((module) => ['--import', module]), program, ...args]
