import type { Origin } from '../../../common/errors/condition.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import { KERNEL_SIGNATURES, type Kernels } from '../../kernels/interface/generated.js'
import { HOST_SIGNATURES, type HostFunctions } from '../host-functions.js'
import type { HostRoutineCall } from '../host-routines.js'
import { type LateConstant, LateLiterals, LITERALS_MODULE } from '../late-literals.js'
import { ModuleBuilder } from '../wasm/module-builder.js'
import { type FunctionReference, type Global, typesOfSignature } from '../wasm/types.js'
import { ConstantPool } from './constant-pool.js'
import { ErrorSites } from './error-sites.js'
import type { Scope } from './scope.js'
import type { Value } from './value.js'

/** How an expression is compiled in a scope; `compileExpression` of compile.ts. Handed in, since the parts of expressions are compiled by it in turn. */
export type CompileExpression = (expression: Expression, scope: Scope) => Value

/** What all functions of one generated module share: the module itself, its constant data and its error sites. */
export class CompilerContext {
  readonly module = new ModuleBuilder()
  readonly constants = new ConstantPool()
  readonly errors: ErrorSites
  /** Address of the data area, an imported constant (`env.constants`). */
  readonly constantsBase: Global = this.module.importGlobal('env', 'constants', 'i32')
  readonly compile: CompileExpression
  /** What numbered literals of the plan hold. */
  readonly literals: LateLiterals
  readonly hostRoutines: HostRoutineCall[] = []
  readonly #late = new Map<string, Global>()

  /** @param origins all places in the query's text that the plan to be compiled knows */
  constructor(origins: readonly Origin[], compile: CompileExpression, literals: LateLiterals = new LateLiterals([])) {
    this.compile = compile
    this.literals = literals
    this.errors = new ErrorSites(origins)
  }

  /** A constant that follows from literals, imported. @param key the same for what is the same, when that is known */
  late(key: string | undefined, constant: LateConstant): Global {
    const known = key === undefined ? undefined : this.#late.get(key)
    if (known) return known
    const global = this.module.importGlobal(LITERALS_MODULE, String(this.literals.add(constant)), constant.type)
    if (key !== undefined) this.#late.set(key, global)
    return global
  }

  /** A kernel; imported when first asked for. */
  kernel(name: keyof Kernels): FunctionReference {
    const [parameters, results] = typesOfSignature(KERNEL_SIGNATURES[name])
    return this.module.importFunction('kernels', name, parameters, results)
  }

  /** A function of the host. */
  hostFunction(name: keyof HostFunctions): FunctionReference {
    const [parameters, results] = typesOfSignature(HOST_SIGNATURES[name])
    return this.module.importFunction('host', name, parameters, results)
  }

  /** Registers a call of a routine of the host; returns its number. */
  hostRoutine(call: HostRoutineCall): number {
    return this.hostRoutines.push(call) - 1
  }
}
