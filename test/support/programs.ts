/** Under `npm test` programs load our modules as quickly as tests do. */
const IN_PROGRAM = new URL('../../../tools/tested/in-program.mjs', import.meta.url).href
const isTestRun = process.env['MILLRACE_TEST_RUN'] !== undefined

/** What Node is started with for a program of tests. @param before modules that are loaded before it, in order: what replaces parts of Node */
export const nodeArguments = (
  program: string,
  args: readonly string[],
  before: readonly string[] = [],
): readonly string[] => [
  ...[...before, ...(isTestRun ? [IN_PROGRAM] : [])].flatMap((module) => ['--import', module]),
  program,
  ...args,
]
