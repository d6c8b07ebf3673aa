import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import type { ClientHttp2Session } from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { status } from '@grpc/grpc-js'
import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { newToken, shownOf, tokenSecret } from '../../common/user-token.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { encodeToMaster } from '../../proto/cluster-codec.js'
import { sealedForWorkers, secretOfApplication } from '../../proto/rpc/application-secret.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { claimOf, newHello, PROOF_BYTES } from '../../proto/rpc/handshake/frames.js'
import { clusterStatus, decommission, MasterLink } from '../../proto/rpc/master-link.js'
import { RpcServer } from '../../proto/rpc/server.js'
import { DriverClient } from '../../standalone/client/driver-client.js'
import { Master } from '../../standalone/master/master.js'
import { revokeToken } from '../../standalone/master/revoke.js'
import { REVOKED_TOKENS, Tokens } from '../../standalone/master/tokens.js'
import { callOver, greeted, messagePrefix, type RawCall, sessionOf, silentSocket } from '../rpc/support.js'
import { until } from '../support/fake-cluster.js'
import { raised } from '../support/raised.js'
import { SECRET } from '../support/standalone.js'

const logger = createLogger('test', 'silent')
const OTHER_ACCOUNT = 12_345
const HOUR_MS = 3_600_000

/** Of all tokens of a run: one that is asked for twice is the same, in whichever millisecond. */
const EXPIRES_MS = Date.now() + HOUR_MS

const tokenOf = (user: string, expiresMs: number | undefined = EXPIRES_MS, serial = 'ab'): Credentials =>
  shownOf(newToken(SECRET, { user, expiresMs, serial }))

const newDirectory = (t: ExecutionContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-tokens-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function startMaster(t: ExecutionContext, directory = newDirectory(t)) {
  const place = { host: '127.0.0.1', port: 0, directory }
  const master = await Master.start({ ...place, secret: SECRET, memberTimeoutMs: 20_000, logger })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= master.close()
    return closed
  }
  t.teardown(close)
  return { address: master.address, directory, close }
}

const application = (applicationId: string, { secret }: Credentials, driverId = ''): ToMaster => ({
  kind: 'joinApplication',
  ...{ applicationId, name: 'n', executors: 1, cores: 1, memoryBytes: 1, driverAddress: 'd:1', driverId },
  ...{ sealedSecret: sealedForWorkers(secret, applicationId, `secret of ${applicationId}`), heartbeatIntervalMs: 500 },
})
const worker: ToMaster = {
  kind: 'joinWorker',
  ...{ workerId: 'worker-w', host: 'h', cores: 4, memoryBytes: 100, executors: [], drivers: [], isLeaving: false },
}

/** The master reads it at its next tick. */
const revoke = (directory: string, name: string): void => appendFileSync(join(directory, REVOKED_TOKENS), `${name}\n`)

/** By an error or not. */
const closed = (session: ClientHttp2Session): Promise<void> => new Promise((resolve) => session.once('close', resolve))

/** A member, with what it hears. */
async function member(t: ExecutionContext, address: string, credentials: Credentials, greeting: ToMaster) {
  const messages: FromMaster[] = []
  let givenUp: Error | undefined
  const link = await MasterLink.open({
    ...{ address, ...credentials, logger, keepsAlive: true, connectTimeoutMs: 60_000 },
    greeting: () => greeting,
    onMessage: (message) => void messages.push(message),
    onGivenUp: (error) => {
      givenUp = error
    },
  })
  t.teardown(() => link.leave())
  return { link, messages, givenUp: () => givenUp }
}

test('a token is read as it was made, and nothing else is one', (t) => {
  const text = newToken(SECRET, { user: 'anna', expiresMs: 17, serial: 'ab' })
  t.deepEqual(shownOf(text), { secret: tokenSecret(SECRET, 'anna.17.ab'), token: 'anna.17.ab' })
  for (const other of [SECRET, text.slice(1), `${text}0`, text.replace('anna', 'an.na'), text.replace('mrt1', 'mrt2')])
    t.deepEqual(shownOf(other), { secret: other })
})

test('a user comes in by a token, and by none that was made up, changed, expired or revoked', async (t) => {
  const { address, directory } = await startMaster(t)
  const statusBy = (credentials: Credentials) => clusterStatus({ address, ...credentials }, logger)
  t.deepEqual((await statusBy(tokenOf('anna'))).workers, [])
  const { secret } = tokenOf('anna')
  for (const [what, credentials] of Object.entries({
    'made up': shownOf(newToken('another-secret-than-that', { user: 'anna', expiresMs: undefined, serial: 'ab' })),
    'of another': { ...tokenOf('anna'), secret: tokenOf('bert').secret },
    'its secret alone': { secret },
    longer: { secret, token: `anna.${Date.now() + 9 * HOUR_MS}.ab` },
  }))
    t.is((await raised(t, statusBy(credentials), 'SECRET_MISMATCH')).condition, 'SECRET_MISMATCH', what)
  const expired = await raised(t, statusBy(tokenOf('anna', Date.now() - 1)), 'TOKEN_REFUSED')
  t.regex(expired.message, /does not take the token: it expired at 20\d\d-/)
  const isRefused = async (credentials: Credentials): Promise<boolean> =>
    await statusBy(credentials).then(
      () => false,
      (error: unknown) => MillraceError.is(error) && error.condition === 'TOKEN_REFUSED',
    )
  revoke(directory, tokenOf('anna', 99_999_999_999_999, 'cd').token!)
  await until(() => isRefused(tokenOf('anna', 99_999_999_999_999, 'cd')))
  const revoked = await raised(t, statusBy(tokenOf('anna', 99_999_999_999_999, 'cd')), 'TOKEN_REFUSED')
  t.regex(revoked.message, /it was revoked/)
  t.deepEqual((await statusBy(tokenOf('anna'))).workers, [], 'others of the user are taken')
  revoke(directory, 'anna')
  await until(() => isRefused(tokenOf('anna')))
  t.deepEqual((await statusBy(tokenOf('bert'))).workers, [])
})

test('nobody comes in by a token where applications take their executors', async (t) => {
  const server = await RpcServer.listen({ host: '127.0.0.1', port: 0, secret: SECRET, joined: () => t.fail() })
  t.teardown(() => server.close(0))
  await raised(t, clusterStatus({ address: server.address, ...tokenOf('anna') }, logger), 'SECRET_MISMATCH')
})

test('what a server has for a token goes with the last connection that came in by it', async (t) => {
  const tokenRefusal = (): undefined => undefined
  const place = { host: '127.0.0.1', port: 0 }
  const server = await RpcServer.listen({ ...place, secret: SECRET, tokenRefusal, joined: () => t.fail() })
  t.teardown(() => server.close(0))
  const [anna, bert] = [tokenOf('anna'), tokenOf('bert')]
  const [first, last] = [await sessionOf(server.address, anna), await sessionOf(server.address, anna)]
  t.deepEqual(server.tokens, [anna.token])
  first.destroy()
  await closed(first)
  const again = await sessionOf(server.address, bert)
  t.deepEqual(server.tokens, [anna.token, bert.token])
  again.destroy()
  last.destroy()
  await until(() => server.tokens.length === 0)
})

test('the proof of a token that was overheard opens nothing', async (t) => {
  const { address } = await startMaster(t)
  const anna = tokenOf('anna')
  const length = newHello().length + claimOf(anna.token).length + PROOF_BYTES
  let overheard = Buffer.alloc(0)
  const eavesdropper = createServer((socket) => {
    socket.on('error', () => undefined).write(newHello())
    socket.on('data', (bytes: Buffer) => {
      overheard = Buffer.concat([overheard, bytes])
      if (overheard.length >= length) socket.destroy()
    })
  }).listen(0, '127.0.0.1')
  t.teardown(() => eavesdropper.close())
  await once(eavesdropper, 'listening')
  await t.throwsAsync(greeted(`127.0.0.1:${(eavesdropper.address() as AddressInfo).port}`, anna))
  t.is(overheard.length, length)
  t.false(overheard.includes(anna.secret))
  const { socket, closed, heard } = await silentSocket(address)
  socket.write(overheard)
  await closed
  t.deepEqual([...heard().subarray(newHello().length)], [1, 0], 'the secret is another')
})

test('users see and have what is their own, and the secret of the cluster has all', async (t) => {
  const { address } = await startMaster(t)
  const [anna, bert, operator] = [tokenOf('anna'), tokenOf('bert'), { secret: SECRET }]
  const denied = async (credentials: Credentials, greeting: ToMaster, what: RegExp): Promise<void> =>
    void t.regex(
      (await raised(t, member(t, address, credentials, greeting), 'CLUSTER_PERMISSION_DENIED')).message,
      what,
    )
  const works = await member(t, address, operator, worker)
  await member(t, address, anna, application('app-anna', anna))
  await member(t, address, bert, application('app-bert', bert))
  await until(() => works.messages.filter(({ kind }) => kind === 'startExecutor').length === 2)
  for (const message of works.messages) {
    if (message.kind !== 'startExecutor') continue
    const { applicationId } = message.executor
    // Workers have the secret of the cluster, and no token.
    t.is(secretOfApplication(SECRET, applicationId, message.sealedSecret), `secret of ${applicationId}`)
  }
  await denied(bert, application('app-anna', bert), /User bert may not have the application app-anna/)
  await denied(bert, { ...worker, workerId: 'worker-x' } as ToMaster, /User bert may not run a worker/)
  await denied(bert, { kind: 'fetchArchive', digest: 'd', offset: 0 }, /User bert may not run a worker/)
  const seenBy = async (credentials: Credentials) => {
    const { workers, applications, executors } = await clusterStatus({ address, ...credentials }, logger)
    const names = applications.map(({ applicationId, user }) => `${applicationId} of ${user}`)
    return [workers.length, names.toSorted(), executors.map(({ applicationId }) => applicationId).toSorted()]
  }
  t.deepEqual(await seenBy(anna), [1, ['app-anna of anna'], ['app-anna']])
  t.deepEqual(await seenBy(bert), [1, ['app-bert of bert'], ['app-bert']])
  t.deepEqual(await seenBy(operator), [1, ['app-anna of anna', 'app-bert of bert'], ['app-anna', 'app-bert']])
})

test('an application whose secret the master cannot read is refused before it is welcomed, and the line that it has goes on', async (t) => {
  const { address } = await startMaster(t)
  const anna = tokenOf('anna')
  const works = await member(t, address, { secret: SECRET }, worker)
  const first = await member(t, address, anna, application('app-anna', anna))
  const heard = (kind: FromMaster['kind']) => works.messages.filter((message) => message.kind === kind).length
  await until(() => heard('startExecutor') === 1)
  const started = () => first.messages.find((message) => message.kind === 'executorStarted')
  await until(() => started() !== undefined)
  for (const sealedSecret of [Buffer.of(), Buffer.alloc(200, 7)]) {
    const rubbish = { ...application('app-anna', anna), sealedSecret } as ToMaster
    const { message } = await raised(t, member(t, address, anna, rubbish), 'SEALED_OTHERWISE')
    t.regex(message, /The secret of the application app-anna cannot be read: it was sealed with another secret/)
  }
  first.link.send({ kind: 'releaseExecutor', executorId: started()!.executorId, isReplaced: true })
  await until(() => heard('endExecutor') === 1)
  t.is(first.givenUp(), undefined)
})

test('a connection stays that of the member that it was first', async (t) => {
  const { address } = await startMaster(t)
  const operator = { secret: SECRET }
  const works = await member(t, address, operator, worker)
  works.link.send(application('app-other', operator))
  await until(() => works.givenUp() !== undefined)
  t.regex(works.givenUp()!.message, /INVALID_CONF_VALUE.*this connection is that of worker-w/)
  const { applications, workers } = await clusterStatus({ address, ...operator }, logger)
  t.deepEqual([applications.length, workers.map(({ presence }) => presence)], [0, ['silent']])
})

test('an application that is named as a worker is refused, and the worker still gets what is for it alone', async (t) => {
  const { address } = await startMaster(t)
  const [anna, bert] = [tokenOf('anna'), tokenOf('bert')]
  const works = await member(t, address, { secret: SECRET }, worker)
  for (const id of ['worker-w', 'worker-to-come'])
    t.regex(
      (await raised(t, member(t, address, bert, application(id, bert)), 'INVALID_CONF_VALUE')).message,
      /those of workers begin with worker-/,
    )
  await raised(
    t,
    member(t, address, { secret: SECRET }, { ...worker, workerId: 'w' } as ToMaster),
    'INVALID_CONF_VALUE',
  )
  await member(t, address, anna, application('app-anna', anna))
  await until(() => works.messages.some(({ kind }) => kind === 'startExecutor'))
  t.is(works.givenUp(), undefined)
  const { workers, applications } = await clusterStatus({ address, secret: SECRET }, logger)
  t.deepEqual([workers.length, applications.map(({ applicationId }) => applicationId)], [1, ['app-anna']])
})

const ARCHIVE = fileURLToPath(import.meta.url)
const driverOf = (driverId: string) => ({
  ...{ driverId, name: 'n', file: 'p.js', args: [], settings: {}, cores: 1, memoryBytes: 1 },
  ...{ isSupervised: false, archiveBytes: statSync(ARCHIVE).size },
  archiveDigest: createHash('sha256').update(readFileSync(ARCHIVE)).digest('hex'),
  // What a client says of it does not count.
  user: 'bert',
})

test('drivers are those of who submitted them', async (t) => {
  const { address } = await startMaster(t)
  const [anna, bert] = [tokenOf('anna'), tokenOf('bert')]
  const driver = driverOf('driver-1')
  const by = (credentials: Credentials): DriverClient => new DriverClient({ address, ...credentials }, logger)
  t.like(await by(anna).submit(driver, ARCHIVE), { driverId: 'driver-1', state: 'SUBMITTED' })
  t.like(await by(anna).status('driver-1'), { state: 'SUBMITTED' })
  for (const act of [() => by(bert).status('driver-1'), () => by(bert).kill('driver-1')])
    t.regex((await raised(t, act, 'CLUSTER_PERMISSION_DENIED')).message, /User bert may not have the driver driver-1/)
  await raised(t, by(bert).submit(driver, ARCHIVE), 'CLUSTER_PERMISSION_DENIED')
  await raised(t, member(t, address, bert, application('app', bert, 'driver-1')), 'CLUSTER_PERMISSION_DENIED')
  t.deepEqual((await clusterStatus({ address, ...bert }, logger)).drivers, [])
  t.like(await by({ secret: SECRET }).status('driver-1'), { state: 'SUBMITTED' })
  t.like(await by(anna).kill('driver-1'), { state: 'KILLED' })
})

test('a token that is revoked ends the connections that came in by it, and no others', async (t) => {
  const { address, directory } = await startMaster(t)
  const [anna, bert] = [tokenOf('anna'), tokenOf('bert')]
  const [annas, berts] = [
    await member(t, address, anna, application('app-anna', anna)),
    await member(t, address, bert, application('app-bert', bert)),
  ]
  revoke(directory, 'anna')
  await until(() => annas.givenUp() !== undefined)
  t.like(annas.givenUp(), { condition: 'TOKEN_REFUSED' })
  const { applications } = await clusterStatus({ address, secret: SECRET }, logger)
  const present = applications.map(({ applicationId, presence }) => `${applicationId} ${presence}`)
  t.deepEqual(present.toSorted(), ['app-anna silent', 'app-bert alive'])
  t.is(berts.givenUp(), undefined)
})

/** Asks for the status over a connection that is open. */
function askOver(session: ClientHttp2Session): RawCall {
  const call = callOver(session, '/millrace.Cluster/Connect')
  const message = encodeToMaster({ kind: 'askStatus' })
  call.stream.write(Buffer.concat([messagePrefix(message.length), message]))
  return call
}

test('a token that is revoked ends the connections that came in by it, also idle ones', async (t) => {
  const { address, directory } = await startMaster(t)
  const sessions = await Promise.all(['anna', 'anna', 'bert'].map((user) => sessionOf(address, tokenOf(user))))
  const [annas, idle, berts] = sessions as [ClientHttp2Session, ClientHttp2Session, ClientHttp2Session]
  t.teardown(() => berts.destroy())
  const asked = askOver(annas)
  await until(() => asked.heard().length > 0)
  const ended = Promise.all([annas, idle].map(closed))
  revoke(directory, 'anna')
  t.is(await asked.status, String(status.ABORTED))
  await ended
  const other = askOver(berts)
  await until(() => other.heard().length > 0)
})

test('a token that has expired gets nothing more over a connection that is open', async (t) => {
  const { address } = await startMaster(t)
  // Long enough to come in by it, however busy the machine is.
  const begunMs = Date.now()
  ;(await sessionOf(address, tokenOf('bert'))).close()
  const expiresMs = Date.now() + 1_000 + 10 * (Date.now() - begunMs)
  const session = await sessionOf(address, tokenOf('anna', expiresMs))
  const ended = closed(session)
  const [before, waits] = [askOver(session), callOver(session, '/millrace.Cluster/Connect')]
  await until(() => before.heard().length > 0)
  await until(() => Date.now() >= expiresMs)
  const asked = session.closed ? waits : askOver(session)
  await asked.status
  t.is(asked.heard().length, 0)
  await ended
})

test('a list of revoked tokens that cannot be read is as it was read last', (t) => {
  const directory = newDirectory(t)
  revoke(directory, 'anna')
  const tokens = new Tokens(directory, logger)
  const refused = () => ['anna', 'bert'].filter((user) => tokens.refusalOf(tokenOf(user).token!, Date.now()))
  t.deepEqual(refused(), ['anna'])
  rmSync(join(directory, REVOKED_TOKENS))
  mkdirSync(join(directory, REVOKED_TOKENS))
  tokens.readList()
  t.deepEqual(refused(), ['anna'])
  t.deepEqual([...new Tokens(directory, logger).revoked], [])
  t.regex(new Tokens(directory, logger).refusalOf(tokenOf('bert').token!, Date.now())!, /cannot be read/)
})

test('drivers of a user who is revoked end, and those that wait do not start, also when the master was away', async (t) => {
  const before = await startMaster(t)
  const submit = async (credentials: Credentials, driverId: string) =>
    await new DriverClient({ address: before.address, ...credentials }, logger).submit(driverOf(driverId), ARCHIVE)
  await submit(tokenOf('anna'), 'of-anna')
  await submit(tokenOf('bert'), 'of-bert')
  await submit({ secret: SECRET }, 'of-nobody')
  await before.close()
  revoke(before.directory, 'anna')
  const { address, directory } = await startMaster(t, before.directory)
  const works = await member(t, address, { secret: SECRET }, worker)
  const started = () => works.messages.flatMap((one) => (one.kind === 'startDriver' ? [one.driver.driverId] : []))
  await until(() => started().length === 2)
  revoke(directory, 'bert')
  await until(() => works.messages.some((one) => one.kind === 'endDriver' && one.driverId === 'of-bert'))
  t.deepEqual(started(), ['of-bert', 'of-nobody'])
  const { drivers } = await clusterStatus({ address, secret: SECRET }, logger)
  const reason = 'the tokens of its user were revoked'
  for (const driverId of ['of-anna', 'of-bert'])
    t.like(
      drivers.find((one) => one.driverId === driverId),
      { state: 'KILLED', reason },
    )
  t.like(
    drivers.find(({ driverId }) => driverId === 'of-nobody'),
    { state: 'SUBMITTED' },
  )
})

test('drivers that were submitted by a token that is revoked end, and others of its user do not', async (t) => {
  const { address, directory, close } = await startMaster(t)
  const [lost, kept] = [tokenOf('anna'), tokenOf('anna', Date.now() + HOUR_MS, 'cd')]
  await new DriverClient({ address, ...lost }, logger).submit(driverOf('by-lost'), ARCHIVE)
  await new DriverClient({ address, ...kept }, logger).submit(driverOf('by-kept'), ARCHIVE)
  await close()
  revoke(directory, lost.token!)
  const again = await startMaster(t, directory)
  const { drivers } = await clusterStatus({ address: again.address, secret: SECRET }, logger)
  const statesOf = drivers.map(({ driverId, state, reason }) => [driverId, state, reason])
  t.deepEqual(
    statesOf.toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
    [
      ['by-kept', 'SUBMITTED', drivers.find(({ driverId }) => driverId === 'by-kept')!.reason],
      ['by-lost', 'KILLED', 'the token by which it was submitted was revoked'],
    ],
  )
})

test('who names the digest of the code of another has to send it', async (t) => {
  const { address } = await startMaster(t)
  const [anna, bert] = [tokenOf('anna'), tokenOf('bert')]
  await new DriverClient({ address, ...anna }, logger).submit(driverOf('of-anna'), ARCHIVE)
  const answer = async (credentials: Credentials, driverId: string): Promise<string | undefined> => {
    const { messages } = await member(t, address, credentials, { kind: 'submitDriver', driver: driverOf(driverId) })
    await until(() => messages.length > 0)
    return messages[0]?.kind
  }
  t.is(await answer(bert, 'of-bert'), 'archiveWanted')
  t.is(await answer(anna, 'again'), 'driver')
  t.is(await answer({ secret: SECRET }, 'of-nobody'), 'driver')
})

test('tokens are revoked in the folder of a master alone, by a file that is its own', async (t) => {
  const { directory } = await startMaster(t)
  const other = newDirectory(t)
  for (const folder of [other, join(other, 'missing')])
    t.regex(
      (await raised(t, () => revokeToken(folder, 'anna'), 'FAILED_WRITE_FILE')).message,
      /is no folder of a master/,
    )
  t.deepEqual(readdirSync(other), [])
  revokeToken(directory, 'anna')
  revokeToken(directory, 'bert')
  const list = join(directory, REVOKED_TOKENS)
  t.is(readFileSync(list, 'utf8'), 'anna\nbert\n')
  const [target, { uid, mode }] = [join(other, 'target'), statSync(list)]
  t.deepEqual([uid, mode & 0o777], [statSync(directory).uid, 0o600])
  rmSync(list)
  symlinkSync(target, list)
  await raised(t, () => revokeToken(directory, 'anna'), 'FAILED_WRITE_FILE')
  t.false(existsSync(target))
  if (process.getuid?.() !== 0) return
  rmSync(list)
  chownSync(directory, OTHER_ACCOUNT, OTHER_ACCOUNT)
  revokeToken(directory, 'anna')
  t.is(statSync(list).uid, OTHER_ACCOUNT)
})

test('a user has executors of their own applications go, and neither those of others nor workers', async (t) => {
  const { address } = await startMaster(t)
  const anna = await member(t, address, tokenOf('anna'), application('app-a', tokenOf('anna')))
  const { messages } = await member(t, address, { secret: SECRET }, worker)
  const started = (): string | undefined =>
    anna.messages.flatMap((one) => (one.kind === 'executorStarted' ? [one.executorId] : []))[0]
  await until(() => (started() ?? anna.givenUp()) !== undefined)
  t.is(anna.givenUp(), undefined)
  const by = (credentials: Credentials, name: string) => decommission(name, { address, ...credentials }, logger)
  for (const name of [started()!, 'worker-w', 'nobody'])
    await raised(t, by(tokenOf('ben'), name), 'CLUSTER_PERMISSION_DENIED')
  await raised(t, by(tokenOf('anna'), 'worker-w'), 'CLUSTER_PERMISSION_DENIED')
  await raised(t, by({ secret: SECRET }, 'nobody'), 'CLUSTER_MEMBER_NOT_FOUND')
  await by(tokenOf('anna'), started()!)
  await by({ secret: SECRET }, 'worker-w')
  const told = (): readonly string[] => messages.flatMap((one) => (one.kind === 'decommission' ? [one.name] : []))
  await until(() => told().includes('worker-w'))
  // A worker whose line broke meanwhile is told again.
  t.deepEqual([...new Set(told())], [started()!, 'worker-w'])
})

test('nothing is to go whose worker is not back after a new start of the master, which cannot tell it', async (t) => {
  const before = await startMaster(t)
  const { messages } = await member(t, before.address, { secret: SECRET }, worker)
  await member(t, before.address, { secret: SECRET }, application('app', { secret: SECRET }))
  const started = (): string | undefined =>
    messages.flatMap((one) => (one.kind === 'startExecutor' ? [one.executor.executorId] : []))[0]
  await until(() => started() !== undefined)
  await before.close()
  // At another port: nobody finds it.
  const { address } = await startMaster(t, before.directory)
  for (const name of [started()!, 'worker-w'])
    await raised(t, decommission(name, { address, secret: SECRET }, logger), 'CLUSTER_WORKER_AWAY')
})
