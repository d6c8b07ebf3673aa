import type { Stage } from '../../planner/plan/physical/plan.js'
import { compileStage } from './compile-stage.js'

/** What a stage is compiled to, for EXPLAIN CODEGEN: the functions of its module, and what these call. */
export function moduleText(stage: Stage): string {
  const { program, steps } = compileStage(stage)
  const imports = WebAssembly.Module.imports(program.module).filter(({ kind }) => kind === 'function')
  const named = (module: string): string =>
    imports
      .filter((one) => one.module === module)
      .map(({ name }) => name)
      .join(', ')
  const functions = WebAssembly.Module.exports(program.module).filter(({ kind }) => kind === 'function')
  return [
    `Functions: ${functions.map(({ name }) => name).join(', ')}`,
    `Kernels: ${named('kernels')}`,
    `Host functions: ${named('host')}`,
    `Steps: ${steps.length}`,
    `Bytes of data: ${program.constants.length}`,
  ].join('\n')
}
