import { blockUs, cpuMsOf, efficiency, lastBlockUs, type ManyTasks, type ScaleFigures, taskCost } from './figures.js'

/** What the page assumes of a machine. */
const CORES = 16
const MACHINES = [1, 10, 100, 1000] as const
/** Seconds that a task works, in the column of losses. */
const TASK_SECONDS = 10

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** What was measured, as tables. */
export function renderMeasured(figures: ScaleFigures): string {
  const { clusters, exchanges, decisions, many, steadyRows, emptyTasks } = figures
  const cost = taskCost(figures)
  return [
    `Executors of one slot on this machine: ${number(steadyRows)} rows of steady work, and ${number(emptyTasks)} tasks that do nothing.`,
    table(
      [
        'executors',
        'work, wall ms',
        'work, CPU ms',
        'efficiency by CPU',
        'tasks/s, wall',
        'task, driver CPU µs',
        'task, executor CPU µs',
        'tasks/s of two cores',
      ],
      clusters.map(({ executors, steady, empty }) => [
        String(executors),
        number(steady.wallMs),
        number(cpuMsOf(steady)),
        percent(efficiency(clusters, executors)),
        number((emptyTasks * 1000) / empty.wallMs),
        number((empty.driverMs * 1000) / emptyTasks),
        number((empty.executorsMs * 1000) / emptyTasks),
        number((2 * emptyTasks * 1000) / cpuMsOf(empty)),
      ]),
    ),
    'Exchanges through two executors, a row in a block.',
    table(
      ['tasks that write × read', 'blocks', 'wall ms', 'CPU ms', 'a further block, CPU µs'],
      exchanges.map((one, i) => [
        `${one.maps} × ${one.reduces}`,
        number(one.maps * one.reduces),
        number(one.wallMs),
        number(cpuMsOf(one)),
        i === 0 ? '–' : number(blockUs(exchanges[i - 1]!, one, cost), 1),
      ]),
    ),
    'The scheduler alone, with executors of two slots that are simulated.',
    table(
      [
        'executors',
        'tasks',
        'a task, CPU µs',
        'a free slot waits, median µs',
        '99 % µs',
        'all slots free: the last waits ms',
        'a heartbeat, CPU µs',
        'heap MiB',
      ],
      decisions.map(({ executors, tasks, cpuUsPerTask, delayUs, allFreeMs, heartbeatUs, heapMib }) => [
        number(executors),
        number(tasks),
        number(cpuUsPerTask, 1),
        number(delayUs.median, 1),
        number(delayUs.of99Percent, 1),
        number(allFreeMs, 1),
        number(heartbeatUs, 1),
        number(heapMib),
      ]),
    ),
    manyTasks(many),
  ].join('\n\n')
}

function manyTasks({ tasks, wallMs, driverMs, executorsMs, driverMostMib, executorMostMib }: ManyTasks): string {
  const each = (ms: number): string => number((ms * 1000) / tasks)
  return [
    `A job of ${number(tasks)} tasks through two executors: ${number(wallMs / 1000)} s, ${number((tasks * 1000) / wallMs)} tasks/s.`,
    `A task took ${each(driverMs)} µs of the processor in the driver and ${each(executorsMs)} in the executors: ${number((2 * tasks * 1000) / (driverMs + executorsMs))} tasks/s of two cores.`,
    `The driver held at most ${number(driverMostMib)} MiB, an executor ${number(executorMostMib)} MiB.`,
  ].join(' ')
}

/** The same arithmetic for more machines than there are here. Every figure in it is one of the tables or an assumption that is named. */
export function renderExtension(figures: ScaleFigures): string {
  const cost = taskCost(figures)
  const block = lastBlockUs(figures)
  const decisions = figures.decisions.filter(({ tasks }) => tasks === figures.decisions[0]!.tasks)
  const least = decisions[0]!.cpuUsPerTask
  const rows = MACHINES.map((machines) => {
    const slots = machines * CORES
    const { cpuUsPerTask: decided, heartbeatUs } = decisions.find(({ executors }) => executors >= machines)!
    const driverUs = cost.driverUs + decided - least
    const beatingUs = machines * heartbeatUs
    const perSecond = (1e6 - beatingUs) / driverUs
    const leastSeconds = slots / perSecond
    const blocksSeconds = (slots * block) / 1e6
    const lost = (cost.executorUs / 1e6 + blocksSeconds) / (TASK_SECONDS + cost.executorUs / 1e6 + blocksSeconds)
    return [
      number(machines),
      number(slots),
      `${number(cost.driverUs)} + ${number(decided - least, 1)} = ${number(driverUs)}`,
      `${number(machines)} × ${number(heartbeatUs, 1)} = ${number(beatingUs)}`,
      number(perSecond),
      `${number(slots)} / ${number(perSecond)} = ${number(leastSeconds, 2)}`,
      `${number(slots)} × ${number(block, 1)} µs = ${number(blocksSeconds, 2)}`,
      percent(lost),
    ]
  })
  return table(
    [
      'machines',
      'slots',
      'a task, driver CPU µs',
      'heartbeats of a second, µs',
      'tasks/s of a driver',
      'tasks last at least, s',
      'blocks of a task, s',
      `lost of tasks of ${TASK_SECONDS} s that exchange`,
    ],
    rows,
  )
}
