import { MillraceError } from '../../../common/errors/millrace-error.js'
import { ByteBuffer } from './byte-buffer.js'
import { CodeBuffer, type Relocatable } from './code-buffer.js'
import { Locals } from './locals.js'
import { CONTROL, encodingOf, LOAD_OPCODES, type LoadOp, type Op, STORE_OPCODES, type StoreOp } from './opcodes.js'
import { LANE_OPCODES, type LaneOp } from './simd-opcodes.js'
import {
  type FunctionReference,
  type Global,
  type Label,
  type Local,
  type Operand,
  typeCode,
  type ValueType,
} from './types.js'

/** What engines take of a function: see https://webassembly.github.io/spec/js-api/#limits. */
const MOST_LOCALS = 49_000
const MOST_BYTES = 7_500_000

/**
 * Emits the body of one function. Instructions are methods in the order of WebAssembly's stack machine and return `this`,
 * so that `f.get(a).get(b).op('i64.add').set(c)` reads as the code it makes.
 */
export class FunctionBuilder {
  readonly reference: FunctionReference
  readonly parameters: readonly Local[]
  readonly #body = new CodeBuffer(1024)
  readonly #entry = new CodeBuffer(64)
  #code = this.#body
  readonly #locals: Locals
  #depth = 0
  #attempt: Label | undefined

  constructor(reference: FunctionReference) {
    this.reference = reference
    this.parameters = reference.parameters.map((type, index) => ({ kind: 'local', type, index }))
    this.#locals = new Locals(this.parameters.length)
  }

  /** A local that is set where the function begins, to what `push` pushes there, and so has its value everywhere. */
  atEntry(type: ValueType, push: () => void): Local {
    // One that was used before would be overwritten where it was.
    const local = this.#locals.add(type)
    this.onEntry(() => {
      push()
      this.set(local)
    })
    return local
  }

  /** What `emit` emits is done where the function begins, behind what was emitted there before. */
  onEntry(emit: () => void): void {
    const [code, depth] = [this.#code, this.#depth]
    ;[this.#code, this.#depth] = [this.#entry, 0]
    emit()
    ;[this.#code, this.#depth] = [code, depth]
  }

  /** A local variable; its value is undefined until set when it was released before. */
  local(type: ValueType): Local {
    return this.#locals.take(type)
  }

  /** Gives locals back for reuse. Nothing may refer to them any more. */
  release(...locals: readonly Local[]): void {
    this.#locals.free(locals)
  }

  /** Runs `emit` with a local that is free again afterwards. */
  scratch(type: ValueType, emit: (local: Local) => void): this {
    const local = this.local(type)
    emit(local)
    this.release(local)
    return this
  }

  /** Pops into a new local. */
  setNew(type: ValueType): Local {
    const local = this.local(type)
    this.set(local)
    return local
  }

  get(operand: Operand): this {
    switch (operand.kind) {
      case 'local':
        this.#code.byte(0x20)
        this.#code.unsigned(operand.index)
        return this
      case 'global':
        this.#code.byte(0x23)
        this.#code.relocate(operand)
        return this
      case 'constant':
        if (operand.late) return this.get(operand.late.global)
        switch (operand.type) {
          case 'i32':
            return this.i32(operand.value)
          case 'i64':
            return this.i64(operand.value)
          case 'f32':
            return this.f32(operand.value)
          case 'f64':
            return this.f64(operand.value)
        }
    }
  }

  set(target: Local | Global): this {
    this.#code.byte(target.kind === 'global' ? 0x24 : 0x21)
    if (target.kind === 'global') this.#code.relocate(target)
    else this.#code.unsigned(target.index)
    return this
  }

  tee(target: Local): this {
    this.#code.byte(0x22)
    this.#code.unsigned(target.index)
    return this
  }

  i32(value: number): this {
    this.#code.byte(0x41)
    this.#code.signed32(value)
    return this
  }

  i64(value: bigint): this {
    this.#code.byte(0x42)
    this.#code.signed64(value)
    return this
  }

  f32(value: number): this {
    this.#code.byte(0x43)
    this.#code.float32(value)
    return this
  }

  f64(value: number): this {
    this.#code.byte(0x44)
    this.#code.float64(value)
    return this
  }

  /** Pushes 16 bytes as a vector. */
  v128(bytes: Uint8Array): this {
    this.#code.prefixed(0xfd, 12)
    this.#code.append(bytes.subarray(0, 16))
    return this
  }

  /** An instruction without immediates. */
  op(name: Op): this {
    const encoding = encodingOf(name)
    if (encoding < 0x10000) this.#code.byte(encoding)
    else this.#code.prefixed(encoding >> 16, encoding & 0xffff)
    return this
  }

  load(name: LoadOp, offset = 0): this {
    this.#code.access(LOAD_OPCODES[name], offset)
    return this
  }

  /** Pops the value, then the address below it. */
  store(name: StoreOp, offset = 0): this {
    this.#code.access(STORE_OPCODES[name], offset)
    return this
  }

  lane(name: LaneOp, lane: number): this {
    this.#code.prefixed(0xfd, LANE_OPCODES[name])
    this.#code.byte(lane)
    return this
  }

  shuffle(lanes: readonly number[]): this {
    this.#code.prefixed(0xfd, 13)
    for (let i = 0; i < 16; i++) this.#code.byte(lanes[i]!)
    return this
  }

  /** Pops a condition, then b, then a; pushes a when the condition is not 0, else b. Not for v128. */
  select(): this {
    this.#code.byte(0x1b)
    return this
  }

  drop(): this {
    this.#code.byte(0x1a)
    return this
  }

  /** Pops length, source, destination (from the top). */
  memoryCopy(): this {
    this.#code.prefixed(0xfc, 10)
    this.#code.byte(0)
    this.#code.byte(0)
    return this
  }

  call(target: FunctionReference): this {
    this.#code.byte(0x10)
    this.#code.relocate(target)
    return this
  }

  /** Leaves the function with its result, or the attempt that this is emitted in without it. */
  return(): this {
    if (this.#attempt) return this.drop().br(this.#attempt)
    this.#code.byte(0x0f)
    return this
  }

  /** What returns in the body, with the status of an error, leaves it; what is emitted at its end does not run then. */
  attempt(body: () => void): this {
    const around = this.#attempt
    this.block((label) => {
      this.#attempt = label
      body()
    })
    this.#attempt = around
    return this
  }

  block(body: (label: Label) => void, result?: ValueType): this {
    return this.#structured(CONTROL.block, body, result)
  }

  /** `br` to its label starts it again; falling off its end leaves it. */
  loop(body: (label: Label) => void, result?: ValueType): this {
    return this.#structured(CONTROL.loop, body, result)
  }

  /** Pops the condition. The label of both arms leads behind the whole. */
  if(then: (label: Label) => void, otherwise?: (label: Label) => void, result?: ValueType): this {
    const label = this.#open(CONTROL.if, result)
    then(label)
    if (otherwise) {
      this.#code.byte(CONTROL.else)
      otherwise(label)
    }
    return this.#close()
  }

  br(label: Label): this {
    this.#code.byte(0x0c)
    this.#code.unsigned(this.#depth - label.depth)
    return this
  }

  brIf(label: Label): this {
    this.#code.byte(0x0d)
    this.#code.unsigned(this.#depth - label.depth)
    return this
  }

  /** Pops an index: goes to `labels[index]`, or to `otherwise` when there is none. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.#code.byte(0x0e)
    this.#code.unsigned(labels.length)
    for (const label of labels) this.#code.unsigned(this.#depth - label.depth)
    this.#code.unsigned(this.#depth - otherwise.depth)
    return this
  }

  /** The declarations of locals and the code, as the module's code section wants them, with relocations resolved by `resolve`. */
  finish(resolve: (target: Relocatable) => number): Uint8Array {
    const size = this.#entry.length + this.#body.length
    if (this.#locals.count > MOST_LOCALS || size > MOST_BYTES) {
      throw new MillraceError('QUERY_TOO_COMPLEX', { what: 'values at hand at once in its code', limit: MOST_LOCALS })
    }
    const body = new ByteBuffer(size + 64)
    this.#locals.write(body)
    body.append(this.#entry.finish(resolve))
    body.append(this.#body.finish(resolve))
    body.byte(CONTROL.end)
    return body.bytes
  }

  #structured(opcode: number, body: (label: Label) => void, result: ValueType | undefined): this {
    body(this.#open(opcode, result))
    return this.#close()
  }

  #open(opcode: number, result: ValueType | undefined): Label {
    this.#code.byte(opcode)
    this.#code.byte(result ? typeCode(result) : CONTROL.empty)
    this.#depth++
    return { kind: 'label', depth: this.#depth }
  }

  #close(): this {
    this.#code.byte(CONTROL.end)
    this.#depth--
    return this
  }
}
