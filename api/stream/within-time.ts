/** Whether something comes within a time; what it is rejected with is thrown. */
export async function withinTime(comes: Promise<unknown>, timeoutMs: number | undefined): Promise<boolean> {
  const ended = comes.then(() => true)
  if (timeoutMs === undefined) return ended
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  return Promise.race([ended, late]).finally(() => clearTimeout(timer))
}
