import { resolve } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../../connectors/api.js'
import type { StateFormat } from './state-formats.js'

export type JoinSide = 'left' | 'right'

/** Which state of a checkpoint is read. */
export interface StateOptions {
  readonly location: string
  /** After which batch; undefined for the newest that was committed. */
  readonly batchId: number | undefined
  readonly operatorId: number
  /** Of a join of streams, whose rows are shown. */
  readonly joinSide?: JoinSide
  /** Of state of the user's code, what is shown: a variable, or timers. */
  readonly stateVarName?: string
  readonly timers?: boolean
}

const OPTIONS: { readonly [F in StateFormat]: readonly string[] } = {
  statestore: [
    ...['path', 'batchid', 'operatorid', 'storename', 'joinside'],
    ...['statevarname', 'readregisteredtimers', 'flattencollectiontypes'],
  ],
  'state-metadata': ['path'],
}
/** The store of an operator that has one. */
export const DEFAULT_STORE = 'default'
/** What Spark has other values of, and the only one here. */
const ONLY = [
  ['storename', DEFAULT_STORE],
  ['flattencollectiontypes', 'true'],
] as const

const JOIN_SIDES: readonly JoinSide[] = ['left', 'right']

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE for an option that is not known */
export function stateOptions(format: StateFormat, given: Options, paths: readonly string[]): StateOptions {
  const options = new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), { key, value }]))
  for (const [name, { key, value }] of options)
    if (!OPTIONS[format].includes(name)) throw unsupported(format, key, value)
  const [path = options.get('path')?.value, ...others] = paths
  if (path === undefined || path === '' || others.length > 0)
    throw new MillraceError('INVALID_API_USE', {
      reason: `the format ${format} reads one checkpoint, by option('path', …)`,
    })
  const invalid = (option: string, value: string, reason: string): MillraceError =>
    new MillraceError('INVALID_OPTION', { option, provider: format, value, reason })
  for (const [name, only] of ONLY) {
    const option = options.get(name)
    if (option && option.value.toLowerCase() !== only) throw invalid(option.key, option.value, `there is only ${only}`)
  }
  const numberOf = (name: string): number | undefined => {
    const option = options.get(name)
    if (option === undefined) return undefined
    const { key, value } = option
    if (!/^\d{1,15}$/.test(value)) throw invalid(key, value, 'it is not a number from 0 on')
    return Number(value)
  }
  const side = options.get('joinside')
  const [joinSide] = JOIN_SIDES.filter((one) => one === side?.value.toLowerCase())
  if (side && !joinSide && side.value.toLowerCase() !== 'none')
    throw invalid(side.key, side.value, 'it is not left, right or none')
  const [variable, timers] = ['statevarname', 'readregisteredtimers'].map((name) => options.get(name))
  if (timers && !/^(true|false)$/i.test(timers.value))
    throw invalid(timers.key, timers.value, 'it is not true or false')
  const hasTimers = timers?.value.toLowerCase() === 'true'
  if (variable && hasTimers)
    throw new MillraceError('STDS_CONFLICT_OPTIONS', { options: `['${variable.key}', '${timers!.key}']` })
  return {
    location: resolve(path),
    batchId: numberOf('batchid'),
    operatorId: numberOf('operatorid') ?? 0,
    timers: hasTimers,
    ...(joinSide ? { joinSide } : {}),
    ...(variable ? { stateVarName: variable.value } : {}),
  }
}

const unsupported = (format: string, key: string, value: string): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${key}=${value} of the data source ${format}` })
