import type { Block } from '../../columnar/blocks/block.js'
import { leavesOf } from '../../columnar/leaves.js'
import type { BlockWriter, CountedMemory, Json } from '../../connectors/api.js'
import { partitionCount } from '../../planner/plan/physical/partitioning.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { BlockBuilders } from '../memory/block-builder.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { MemoryHolder } from '../memory/memory-arbiter.js'
import { rowWriter } from '../user-code/row-writer.js'
import type { CompiledStage } from './compiled-stage.js'
import { SideRows } from './side-rows.js'
import type { TaskEnvironment } from './task.js'

/** The blocks that a task writes: those of the stage's sink are handed on while it runs, those of side outputs wait until a step takes them. */
export class TaskOutput {
  readonly #stage: Stage
  readonly #environment: TaskEnvironment
  readonly #memory: LinearMemory
  /** Blocks of the sink that filled up while generated code ran; handed on before it runs again. */
  readonly #full: { readonly partition: number; readonly block: Block }[] = []
  readonly #held: CountedMemory
  readonly #sides: SideRows[] = []
  #builders: BlockBuilders | undefined
  #writer: BlockWriter | undefined

  constructor(stage: Stage, environment: TaskEnvironment, memory: LinearMemory) {
    this.#stage = stage
    this.#environment = environment
    this.#memory = memory
    this.#held = memory.count('output')
  }

  /** Opens the writer of a stage that ends in one. */
  async open(partition: number): Promise<void> {
    const { sink } = this.#stage
    if (sink.kind !== 'write') return
    const memory = this.#memory
    const { attempt, signal } = this.#environment
    const provider = await this.#environment.writer(sink.write.provider)
    const { write } = sink
    this.#writer = await provider.openWriter(write, {
      memory,
      kernels: memory.kernels,
      signal,
      attempt,
      partition,
      ...(write.program ? { rowWriter: () => rowWriter(write) } : {}),
    })
  }

  /** Makes the builders of blocks, and leaves their addresses in the data area at `base`, where the generated code looks for them. */
  begin({ builders, sideOutputs }: CompiledStage, base: number): void {
    const { sink, schema } = this.#stage
    const partitions = sink.kind === 'shuffle' ? partitionCount(sink.partitioning) : 1
    const memory = this.#memory
    this.#builders = new BlockBuilders(memory, leavesOf(schema), partitions)
    memory.view.setUint32(base + builders, this.#builders.address, true)
    for (const side of sideOutputs) {
      const rows = new SideRows(memory, side.fields)
      this.#sides.push(rows)
      memory.view.setUint32(base + side.builders, rows.builder, true)
    }
  }

  /** How many blocks wait to be handed on. */
  get waiting(): number {
    return this.#full.length
  }

  get waitingBytes(): number {
    return this.#held.bytes
  }

  /** A builder is full: it belongs to the sink, or to a side output, which has one builder each. */
  takeFull(builder: number): void {
    const side = this.#sides.find((one) => one.builder === builder)
    if (side) side.takeFull()
    else {
      const full = this.#builders!.take(builder)
      this.#full.push(full)
      this.#held.hold(this.#held.bytes + full.block.bytes.length)
    }
  }

  /** The rows of a side output. */
  side(number: number): SideRows {
    return this.#sides[number]!
  }

  async handOn(): Promise<void> {
    for (const { partition, block } of this.#full.splice(0)) {
      await this.#emit(partition, block)
      this.#held.hold(this.#held.bytes - block.bytes.length)
    }
  }

  /** Hands the last blocks on. Returns a writer's message for the commit. */
  async finish(): Promise<Json | undefined> {
    for (const { partition, block } of this.#builders!.takeAll()) await this.#emit(partition, block)
    return this.#writer ? await this.#writer.prepare() : undefined
  }

  async #emit(partition: number, block: Block): Promise<void> {
    if (this.#writer) await this.#writer.write(block)
    else await this.#environment.emit(partition, block)
  }

  /** Undoes what a writer wrote. Its own failure must not hide the error that led here. */
  async abort(): Promise<void> {
    await this.#writer?.abort().catch(() => undefined)
  }

  /** What builders will take beside what operators hold: where these pass their rows on because memory is short, there must be as much left. */
  get holder(): MemoryHolder {
    const reserve = this.#builders!.stringRoom
    return { operator: 'output', bytes: 0, reserve, giveBack: () => {} }
  }

  release(): void {
    this.#builders?.release()
    for (const side of this.#sides) side.release()
  }
}
