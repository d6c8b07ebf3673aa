import type { Fraud, PlantedTruth } from './transactions.js'

/** The alerts of a run, as the topic got them. */
export interface Alerts {
  /** Reason by number of the transaction. */
  readonly transactions: ReadonlyMap<number, string>
  /** `card@minute` of bursts. */
  readonly bursts: ReadonlySet<string>
  /** How many came again. */
  readonly repeated: number
  /** From sending the transaction to the alert, of those sent while the queries ran. */
  readonly latenciesMs: readonly number[]
}

export interface RunFigures {
  readonly transactions: number
  readonly drainSeconds: number
  readonly backlog: number
  /** The transactions of which a query over the whole topic says that they break a rule. */
  readonly expected: readonly number[]
}

/** How good a rule was: what it found of what was planted, and how much of what it found was planted. */
export interface RuleScore {
  readonly rule: Fraud
  readonly planted: number
  readonly alerts: number
  readonly hits: number
}

/** Holds alerts against what was planted. */
export function scoreAlerts(truth: PlantedTruth, alerts: Alerts): readonly RuleScore[] {
  const ofRule = (rule: Fraud): RuleScore => {
    const planted = [...truth.transactions].filter(([, fraud]) => fraud === rule).map(([id]) => id)
    const found = [...alerts.transactions].filter(([, reason]) => reason === rule).map(([id]) => id)
    const hits = found.filter((id) => truth.transactions.get(id) === rule).length
    return { rule, planted: planted.length, alerts: found.length, hits }
  }
  const bursts = [...alerts.bursts].filter((burst) => truth.bursts.has(burst)).length
  return [
    ofRule('amount'),
    ofRule('foreign'),
    { rule: 'velocity', planted: truth.bursts.size, alerts: alerts.bursts.size, hits: bursts },
  ]
}

/** The least value that so large a share of the values do not exceed; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** The table that ends the run. */
export function renderReport(scores: readonly RuleScore[], alerts: Alerts, run: RunFigures): string {
  const total: RuleScore = scores.reduce((sum, s) => ({
    rule: s.rule,
    planted: sum.planted + s.planted,
    alerts: sum.alerts + s.alerts,
    hits: sum.hits + s.hits,
  }))
  const share = (part: number, whole: number): string => (whole === 0 ? 'n/a' : (part / whole).toFixed(4))
  const row = (name: string, s: RuleScore): string[] => [
    name,
    `${s.planted}`,
    `${s.alerts}`,
    `${s.hits}`,
    share(s.hits, s.alerts),
    share(s.hits, s.planted),
  ]
  const rows = [
    ['rule', 'planted', 'alerts', 'hits', 'precision', 'recall'],
    ...scores.map((s) => row(s.rule, s)),
    row('all', total),
  ]
  const widths = rows[0]!.map((_, i) => rows.reduce((width, cells) => Math.max(width, cells[i]!.length), 0))
  const lines = rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  )
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
  const lost = run.expected.filter((id) => !alerts.transactions.has(id)).length
  const rate = Math.round(run.backlog / run.drainSeconds).toLocaleString('en')
  return [
    ...lines,
    '',
    `${run.transactions.toLocaleString('en')} transactions; backlog of ${run.backlog.toLocaleString('en')} drained at ${rate} records/s by each of two queries`,
    `alerts of rules: ${run.expected.length} due, lost ${lost}, repeated ${alerts.repeated}; an executor was killed meanwhile`,
    `latency from sending to alert, while producing: p50 ${percentile(alerts.latenciesMs, 0.5)} ms, p99 ${percentile(alerts.latenciesMs, 0.99)} ms`,
  ].join('\n')
}
