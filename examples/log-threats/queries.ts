import { type Column, col, type DataFrame, functions as F, type Session } from '../../api/index.js'

/** A line of the combined log format: address, time, method, path, status. */
const LINE = String.raw`^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) `

/** The requests of log files, compressed ones too; lines of another form are left out. */
export function readRequests(session: Session, path: string): DataFrame {
  const part = (group: number): Column => F.regexpExtract('value', LINE, group)
  return session.read
    .text(path)
    .toDF()
    .filter(col('value').rlike(LINE))
    .select(
      part(1).as('address'),
      F.toTimestamp(part(2), 'dd/MMM/yyyy:HH:mm:ss Z').as('at'),
      part(3).as('method'),
      F.coalesce(F.tryUrlDecode(part(4)), part(4)).as('path'),
      part(5).cast('int').as('status'),
    )
}

/** Who attacks, how and when, in a query over the view `requests`. */
export const THREATS = String.raw`
with guessing as (
  select 'guessing passwords' as threat, address, min(at) as since, count(*) as requests
  from requests where method = 'POST' and path = '/login' and status = 401
  group by address, window(at, '10 minutes') having count(*) >= 20
), scanning as (
  select 'looking for holes' as threat, address, min(at) as since, count(*) as requests
  from requests where status = 404
  group by address, window(at, '10 minutes') having count(*) >= 20 and count(distinct path) >= 3
), injecting as (
  select 'sending SQL' as threat, address, min(at) as since, count(*) as requests
  from requests where path rlike r'(?i)\bunion\s+select\b' group by address
), found as (
  select * from guessing union all select * from scanning union all select * from injecting
)
select threat, address, min(since) as since, sum(requests) as requests from found group by threat, address order by threat, address`
