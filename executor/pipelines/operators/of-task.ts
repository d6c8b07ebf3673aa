import type { TaskRun } from '../step.js'

/** What each task has of its own of something that the steps of its compiled stage share, made when it is first asked for. */
export function ofTask<T>(make: (task: TaskRun) => T): (task: TaskRun) => T {
  const made = new WeakMap<TaskRun, T>()
  return (task) => {
    let own = made.get(task)
    if (own === undefined) {
      own = make(task)
      made.set(task, own)
    }
    return own
  }
}
