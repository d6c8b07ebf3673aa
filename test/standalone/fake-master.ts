import type { ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeToMaster, encodeFromMaster } from '../../proto/cluster-codec.js'
import { MasterLink } from '../../proto/rpc/master-link.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { statusOf } from '../../proto/rpc/typed-status.js'
import { SECRET } from '../support/standalone.js'

/** What a greeting gets: nothing at all, that what it names is unknown, the end of the call, a welcome, or that and the end, or a refusal, at once. */
type Answer = 'nothing' | 'unknown' | 'end' | 'welcome' | 'welcome and end' | 'welcome and refusal'

const isGreeting = ({ kind }: ToMaster): boolean =>
  kind === 'joinWorker' || kind === 'joinApplication' || kind === 'decommission'

/** Takes what is said to the master of a cluster, and answers as the test wants. */
export class FakeMaster {
  readonly heard: ToMaster[] = []
  /** For the next greetings; the last one stays. */
  readonly #answers: Answer[]
  #server!: RpcServer
  #call: ControlCall | undefined
  #members = 0

  readonly #heartbeatMs: number

  private constructor(answers: readonly Answer[], heartbeatMs: number) {
    this.#answers = [...answers]
    this.#heartbeatMs = heartbeatMs
  }

  /** @param heartbeatMs how often members are told to say that they live; it answers none of that */
  static async start(t: ExecutionContext, answers: readonly Answer[], heartbeatMs = 60_000): Promise<FakeMaster> {
    const master = new FakeMaster(answers, heartbeatMs)
    const joined = (call: ControlCall): void => master.#joined(call)
    master.#server = await RpcServer.listen({ host: '127.0.0.1', port: 0, secret: SECRET, joined })
    t.teardown(() => master.#server.close(0))
    return master
  }

  get address(): string {
    return this.#server.address
  }

  get greetings(): number {
    return this.heard.filter(isGreeting).length
  }

  /** How many lines there were from which somebody greeted. */
  get members(): number {
    return this.#members
  }

  tell(message: FromMaster): void {
    this.#call!.write(encodeFromMaster(message))
  }

  hangUp(): void {
    this.#call!.end()
  }

  /** Another asks and hears something: what was on its way before is there by now. */
  async roundTrip(): Promise<void> {
    const link = await MasterLink.open({
      address: this.address,
      secret: SECRET,
      logger: createLogger('test', 'silent'),
      keepsAlive: true,
      greeting: () => ({ kind: 'askStatus' }),
      onMessage: () => undefined,
      onGivenUp: () => undefined,
    })
    await link.leave()
  }

  #joined(call: ControlCall): void {
    let isMember = false
    call.on('data', (bytes: Buffer) => {
      const message = decodeToMaster(bytes)
      if (!isMember && isGreeting(message)) this.#members++
      isMember ||= isGreeting(message)
      if (isMember) this.heard.push(message)
      if (isGreeting(message)) {
        this.#call = call
        this.#answer(call, this.#answers.length > 1 ? this.#answers.shift()! : this.#answers[0]!)
      } else if (message.kind === 'askStatus') this.#answer(call, 'welcome')
      else if (message.kind === 'leave') call.end()
    })
    for (const event of ['end', 'cancelled', 'error']) call.on(event, () => call.end())
  }

  #answer(call: ControlCall, answer: Answer): void {
    if (answer.startsWith('welcome')) call.write(encodeFromMaster({ kind: 'welcome', heartbeatMs: this.#heartbeatMs }))
    if (answer === 'unknown') call.emit('error', statusOf(new MillraceError('CLUSTER_MEMBER_NOT_FOUND', { name: 'e' })))
    if (answer.endsWith('end')) call.end()
    if (answer.endsWith('refusal'))
      call.emit('error', statusOf(new MillraceError('CLUSTER_REFUSES', { address: 'a', reason: 'r' })))
  }
}
