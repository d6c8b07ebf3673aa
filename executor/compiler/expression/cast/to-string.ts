import type { DecimalType, OfKind, TypeKind } from '../../../../columnar/types.js'
import { i32Constant, type Operand } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { limbsOf } from '../functions/decimal-operands.js'
import { hostValue } from '../functions/routine.js'
import { type BytesValue, bytes, type Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import { castPackedToString, castStructToString } from './nested-text.js'
import { operandOf } from './operand.js'
import { localTime } from './time-zone.js'
import { castVariant } from './variant.js'

/** A value as Spark prints it. Texts are made in the arena. */
export const castToString = (site: CastSite, value: Value): Value => textOf(site.from.kind)(site, value)

/** As a method, so that one of a kind is one of any kind to who looks it up. */
type ToText<K extends TypeKind = TypeKind> = { compile(site: CastSite<OfKind<K>>, value: Value): Value }['compile']

function refuse(site: CastSite): never {
  throw site.unsupported()
}

const textOf = (kind: TypeKind): ToText => TEXTS[kind]

const TEXTS: { readonly [K in TypeKind]: ToText<K> } = {
  // They are NULL, which casts see before.
  void: refuse,
  boolean: booleanText,
  tinyint: integerText,
  smallint: integerText,
  int: integerText,
  bigint: integerText,
  float: (site, value) => floatText(site, value, 1),
  double: (site, value) => floatText(site, value, 0),
  decimal: decimalText,
  string: castBytes,
  binary: castBytes,
  date: (site, value) => timeText(site, value, operandOf(value), 'formatDate'),
  time: (site, value) => timeText(site, value, operandOf(value), 'formatClock'),
  timestamp: (site, value) => timeText(site, value, localTime(site, operandOf(value)), 'formatTimestamp'),
  timestamp_ntz: (site, value) => timeText(site, value, operandOf(value), 'formatTimestamp'),
  interval_ym: (site, value) => hostText(site, value, 'intervals.text'),
  interval_dt: (site, value) => hostText(site, value, 'intervals.text'),
  interval: (site, value) => hostText(site, value, 'intervals.textOfParts'),
  variant: castVariant,
  struct: castStructToString,
  array: castPackedToString,
  map: castPackedToString,
}

/** Texts and binaries, whose bytes stay as they are. */
export function castBytes(site: CastSite, value: Value): Value {
  const { address, length, isNull } = asBytes(value)
  return bytes(site.to, address, length, isNull)
}

/** What only JavaScript prints, and seldom: a cast of a query is a call of the routine (`interval-casts.ts`). */
const hostText = ({ to, cast, scope }: CastSite, value: Value, name: string): Value =>
  hostValue(name, value, to, cast.origin, scope)

const madeText = ({ to, scope }: CastSite, value: Value): Value => loadBytesResult({ type: to }, scope, value.isNull)

function integerText(site: CastSite, value: Value): Value {
  const { scope } = site
  const operand = operandOf(value)
  scope.f.get(operand)
  if (operand.type === 'i32') scope.f.op('i64.extend_i32_s')
  scope.f.get(scope.context.constantsBase).call(scope.kernel('formatLong'))
  return madeText(site, value)
}

function floatText(site: CastSite, value: Value, isSingle: 0 | 1): Value {
  const { scope } = site
  scope.f.get(operandOf(value))
  if (isSingle) scope.f.op('f64.promote_f32')
  scope.f.i32(isSingle).get(scope.context.constantsBase).call(scope.kernel('formatDouble'))
  return madeText(site, value)
}

function decimalText(site: CastSite<DecimalType>, value: Value): Value {
  const { scope } = site
  const { low, high } = limbsOf(scope.f, value)
  scope.f.get(low).get(high).i32(site.from.scale).get(scope.context.constantsBase)
  // As Spark has it: as Java prints them outside of ANSI mode.
  scope.f.call(scope.kernel(site.cast.mode === 'lenient' ? 'formatDecimalAsJava' : 'formatDecimal'))
  return madeText(site, value)
}

function timeText(
  site: CastSite,
  value: Value,
  time: Operand,
  kernel: 'formatClock' | 'formatDate' | 'formatTimestamp',
): Value {
  const { scope } = site
  scope.f.get(time).get(scope.context.constantsBase).call(scope.kernel(kernel))
  return madeText(site, value)
}

function booleanText(site: CastSite, value: Value): BytesValue {
  const { f } = site.scope
  const flag = operandOf(value)
  const [yes, no] = ['true', 'false'].map((text) => site.scope.constant(Buffer.from(text)))
  f.get(yes!).get(no!).get(flag).select()
  const address = f.setNew('i32')
  f.get(i32Constant(5)).get(flag).op('i32.sub')
  return bytes(site.to, address, f.setNew('i32'), value.isNull)
}
