import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { createLogger } from '../../common/log.js'
import type { Driver } from '../../driver/index.js'
import { Fleet } from '../../driver/launch/fleet.js'
import { launchPlan } from '../../driver/launch/registry.js'
import type { ClusterStatus } from '../../proto/cluster.js'
import { clusterStatus } from '../../proto/rpc/master-link.js'
import { printed, type StartedCli, startCli, startProgram } from './cli.js'
import { launchContext, newDriver } from './fake-cluster.js'

export const SECRET = 'the-secret-of-the-test-cluster'
const WORKER = fileURLToPath(new URL('./fake-worker.js', import.meta.url))

export interface StartedMaster {
  readonly started: StartedCli
  /** host:port */
  readonly address: string
  readonly directory: string
}

/** A folder that goes with the test. */
export const folderOf = (t: ExecutionContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-standalone-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const killed = (t: ExecutionContext, started: StartedCli): StartedCli => {
  t.teardown(async () => {
    started.child.kill('SIGKILL')
    await started.closed
  })
  return started
}

/** `millrace master`. */
export const startMaster = async (
  t: ExecutionContext,
  { directory = folderOf(t), port = '0', timeout = '20s' } = {},
): Promise<StartedMaster> => {
  const args = ['master', '--port', port, '--dir', join(directory, 'master'), '--timeout', timeout]
  const started = killed(t, startCli(args, { MILLRACE_SECRET: SECRET }))
  await printed(started, '\n')
  const [, address] = /millrace:\/\/(\S+:\d+)/.exec(started.output.text)!
  return { started, address: address!, directory }
}

/** A worker whose executors run the fake task. */
export const startWorker = async (t: ExecutionContext, master: string, cores: number): Promise<StartedCli> => {
  const started = killed(t, startProgram(WORKER, [master, String(cores)], { MILLRACE_SECRET: SECRET }))
  await printed(started, '\n')
  return started
}

/** The driver of an application on the cluster, with the environment's secret. */
export const fakeApplication = async (
  master: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly driver: Driver; close(): Promise<void> }> => {
  const driver = newDriver(1)
  const context = launchContext({ 'executor.cores': '1', 'executor.memory': '64m', ...settings })
  const fleet = await Fleet.start({ plan: launchPlan(`millrace://${master}`, 1), driver, context })
  const close = async (): Promise<void> => {
    await driver.close()
    await fleet.close()
  }
  return { driver, close }
}

export const statusOf = (address: string): Promise<ClusterStatus> =>
  clusterStatus({ address, secret: SECRET }, createLogger('status', 'silent'))
