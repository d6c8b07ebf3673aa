import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import { SECRET_FILE, TLS_FOLDER } from '../../common/cluster-secret.js'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { EXIT_STATUS } from '../../common/ending-signals.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { type DriverStatus, isOver } from '../../proto/drivers.js'
import { MASTER_PATIENCE_MS } from '../../proto/rpc/limits.js'
import { TLS_FILES } from '../../proto/rpc/tls-files.js'
import { packFolder } from '../../standalone/archive/pack.js'
import { DriverClient } from '../../standalone/client/driver-client.js'
import { writeText } from '../output/write-result.js'
import { terminated } from '../signals.js'
import { masterOf } from './arguments.js'
import { type CredentialArguments, credentialsOf } from './credentials.js'
import { programOf } from './program.js'
import { codeFolderOf, needsModules } from './program-folder.js'

export interface ClusterSubmission extends CredentialArguments {
  readonly master: string
  readonly settings: Readonly<Record<string, string>>
  /** Whether packages come along; by what the program's package.json says unless told. */
  readonly nodeModules?: boolean
}

/** `millrace submit --deploy-mode cluster`: a worker runs the program. */
export async function submitToCluster(
  program: string,
  args: readonly string[],
  options: ClusterSubmission,
): Promise<void> {
  const { settings } = options
  const config = new Config(settings)
  const keyFile = keyFileOf(config)
  const driverId = newDriverId(new Date())
  const client = await clientOf(options, driverId)
  const { path, compiled } = await programOf(program)
  const folder = codeFolderOf(path)
  const draft = draftFolder()
  try {
    const archive = join(draft.path, 'archive')
    const withModules = options.nodeModules ?? needsModules(folder)
    const file = nameIn(folder, path)
    // Workers may not read TypeScript: what it was compiled to comes along, and runs.
    const added = compiled === undefined ? undefined : { path: `${file}.mjs`, text: compiled }
    const { digest, bytes } = await packFolder(
      { folder, withModules, left: [...leftHere(options), ...keyFile], added },
      archive,
    )
    const name = settings[CONFIG.appName.key] ?? basename(path)
    const submitted = await client.submit(
      {
        driverId,
        name,
        file: added?.path ?? file,
        args,
        settings,
        cores: config.get(CONFIG.driverCores),
        memoryBytes: config.get(CONFIG.driverMemory),
        isSupervised: config.get(CONFIG.driverSupervise),
        archiveDigest: digest,
        archiveBytes: bytes,
      },
      archive,
    )
    await print(submitted)
    draft.remove()
    await untilItRuns(client, submitted, config)
  } finally {
    draft.remove()
  }
}

/** A folder for code on its way, which also goes when a signal ends the process. */
function draftFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-submit-'))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  process.once('exit', remove)
  void terminated().then((signal) => process.exit(EXIT_STATUS[signal]))
  return { path, remove }
}

/** `millrace submit --status`, `--kill`. */
export async function askDriver(what: 'status' | 'kill', driverId: string, options: ClusterSubmission): Promise<void> {
  await print(await (await clientOf(options, driverId))[what](driverId))
}

async function untilItRuns(client: DriverClient, { driverId }: DriverStatus, config: Config): Promise<void> {
  const waitMs = config.get(CONFIG.executorWait)
  const begun = await client.waitFor(driverId, ({ state }) => state === 'RUNNING' || isOver(state), waitMs)
  const { state, reason } = begun
  if (state === 'RUNNING') {
    await print(begun)
    if (!config.get(CONFIG.waitAppCompletion)) return
  } else if (!isOver(state)) {
    const why = reason || 'its code is on its way to a worker'
    throw new MillraceError('DRIVER_NOT_STARTED', { driver: driverId, seconds: waitMs / 1000, reason: why })
  }
  const ended = await client.waitFor(driverId, (status) => isOver(status.state))
  if (ended.state !== 'FINISHED') {
    throw new MillraceError('DRIVER_FAILED', {
      driver: driverId,
      state: ended.state,
      reason: ended.reason || 'it was killed',
    })
  }
  await print(ended)
}

async function clientOf(options: ClusterSubmission, driverId: string): Promise<DriverClient> {
  const address = masterOf(options.master)
  const credentials = await credentialsOf(options)
  return new DriverClient({ address, ...credentials }, createLogger('submit', 'error'), (news) => {
    const text = news.kind === 'lost' ? `${news.error.text} ${waitsFor(driverId)}` : `The master at ${address} is back.`
    process.stderr.write(`${text}\n`)
  })
}

const waitsFor = (driverId: string): string =>
  `This command looks for it for up to ${MASTER_PATIENCE_MS / 60_000} minutes. ` +
  `Ctrl-C ends the command and not the driver; "millrace submit --status ${driverId}" tells of that later.`

function print({ driverId, state, workerId, launches, reason }: DriverStatus): Promise<void> {
  const where = workerId === '' ? '' : ` on ${workerId}`
  const times = launches > 1 ? `, started ${launches} times` : ''
  const why = reason === '' ? '' : `: ${reason}`
  return writeText(`${driverId} is ${state}${where}${times}${why}\n`, process.stdout)
}

const nameIn = (folder: string, path: string): string => relative(folder, path).split(sep).join('/')

/** The worker that runs the program reads it: it is on that machine, and one here, of the same name, does not become code. @throws INVALID_CONF_VALUE */
function keyFileOf(config: Config): readonly string[] {
  const { key } = CONFIG.checkpointKeyFile
  const value = config.get(CONFIG.checkpointKeyFile)
  if (value === '') return []
  if (isAbsolute(value)) return [value]
  const reason = 'in cluster mode the worker reads the file: name it by its absolute path there'
  throw new MillraceError('INVALID_CONF_VALUE', { key, value, reason })
}

/** Secrets do not become code, wherever they lie. */
function leftHere({ secretFile, tlsDir }: CredentialArguments): readonly string[] {
  const folders = [tlsDir, process.env[TLS_FOLDER]].filter((path) => path !== undefined)
  const files = [secretFile, process.env[SECRET_FILE]].filter((path) => path !== undefined)
  // The certificates may lie in the folder of the program itself, which does not stay here.
  const certificates = folders.flatMap((folder) => Object.values(TLS_FILES).map((name) => join(folder, name)))
  return [...files, ...folders, ...certificates]
}

/** Sorts by time. */
function newDriverId(now: Date): string {
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return `driver-${time}-${randomBytes(3).toString('hex')}`
}
