import test from 'ava'
import { sealedForWorkers } from '../../proto/rpc/application-secret.js'
import { Starts } from '../../standalone/master/starts.js'
import { SECRET } from '../support/standalone.js'

const joining = (applicationId: string) =>
  ({
    kind: 'joinApplication',
    ...{ applicationId, name: 'n', executors: 1, cores: 1, memoryBytes: 1, driverAddress: 'd:1', driverId: '' },
    ...{ sealedSecret: sealedForWorkers(SECRET, applicationId, 'its secret'), heartbeatIntervalMs: 500 },
  }) as const

test('what executors of an application are told is forgotten with it, and with no other one', (t) => {
  const starts = new Starts(SECRET)
  for (const applicationId of ['stays', 'goes']) starts.keep(joining(applicationId), undefined)
  starts.keepOnly(new Set(['stays', 'came meanwhile']))
  t.like(starts.of('stays'), { driverAddress: 'd:1', heartbeatIntervalMs: 500 })
  t.is(starts.of('goes'), undefined)
})
