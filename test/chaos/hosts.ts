import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Behind this command a process has a network, and processes, of its own: nothing is left of either when it ends. */
export const ALONE = ['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc'] as const

/** Whether this machine allows it, as to root. */
export const canBeAlone = (): boolean =>
  spawnSync(ALONE[0], [...ALONE.slice(1), 'true']).status === 0 &&
  spawnSync('ip', ['-Version'], { stdio: 'ignore' }).status === 0

const PREFIX = '10.77.0.'
const HUB = 1

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
const tc = (...args: readonly string[]) => spawnSync('tc', args, { stdio: 'ignore' })
const numberOf = (address: string): string => address.slice(PREFIX.length)

/**
 * Machines with addresses of their own, which are network namespaces around a bridge on which this process is. Packets are lost there as on a cable:
 * nobody is told. To be used behind `ALONE`.
 */
export class Hosts {
  readonly prefix = PREFIX
  readonly #slow = new Set<string>()
  readonly #separate = new Set<string>()

  constructor(numbers: readonly number[]) {
    mkdirSync('/run/netns', { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns'])
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'hub', 'type', 'bridge')
    ip('addr', 'add', `${PREFIX}${HUB}/24`, 'dev', 'hub')
    ip('link', 'set', 'hub', 'up')
    for (const number of numbers) {
      const [host, cable] = [`host${number}`, `to${number}`]
      ip('netns', 'add', host)
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host)
      ip('link', 'set', cable, 'master', 'hub', 'up')
      for (const device of ['lo', 'eth0']) ip('-n', host, 'link', 'set', device, 'up')
      ip('-n', host, 'addr', 'add', `${PREFIX}${number}/24`, 'dev', 'eth0')
    }
  }

  /** The command that runs another on a machine. */
  commandAt(address: string): readonly string[] {
    return ['ip', 'netns', 'exec', `host${numberOf(address)}`]
  }

  /** No packet goes in or out any more. */
  separate(address: string): void {
    ip('link', 'set', `to${numberOf(address)}`, 'down')
    this.#separate.add(address)
  }

  /** Of packets that come faster than a thin cable takes them most are lost. @returns whether the kernel can do that */
  drop(address: string): boolean {
    const cable = ['dev', `to${numberOf(address)}`, 'root']
    const isThin = tc('qdisc', 'add', ...cable, 'tbf', 'rate', '30mbit', 'burst', '10kb', 'limit', '15kb').status === 0
    if (isThin) this.#slow.add(address)
    return isThin
  }

  heal(): void {
    for (const address of this.#separate) ip('link', 'set', `to${numberOf(address)}`, 'up')
    for (const address of this.#slow) tc('qdisc', 'del', 'dev', `to${numberOf(address)}`, 'root')
    this.#separate.clear()
    this.#slow.clear()
  }
}
