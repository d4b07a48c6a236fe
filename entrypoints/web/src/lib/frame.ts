const HIDDEN_MS = 250
const waiting = new Set<() => void>()
let scheduled = false

/** Do this once before the next paint, however often it is asked for. A hidden page has no frames: it takes its time. */
export function inNextFrame(work: () => void): void {
  waiting.add(work)
  if (scheduled) return
  scheduled = true
  if (document.hidden) setTimeout(doAll, HIDDEN_MS)
  else requestAnimationFrame(doAll)
}

function doAll(): void {
  scheduled = false
  const works = [...waiting]
  waiting.clear()
  for (const work of works) work()
}

// a frame that was asked for before the page was hidden would come only when it is seen again
document.addEventListener('visibilitychange', () => {
  if (document.hidden && scheduled) doAll()
})
