const HIDDEN_MS = 250
const LONG_MS = 8 // of the 16.7 that a frame has
const LONGEST_REST_MS = 250
const waiting = new Set<() => void>()
let scheduled = false
let restsUntil = 0

/**
 * Do this once before the next paint, however often it is asked for. A hidden page has no frames: it takes its time; and
 * after work that took long, frames go by without any, so that one can scroll and write however slow the machine is.
 */
export function inNextFrame(work: () => void): void {
  waiting.add(work)
  if (scheduled) return
  scheduled = true
  const rest = restsUntil - performance.now()
  if (document.hidden) setTimeout(doAll, HIDDEN_MS)
  else if (rest > 0) setTimeout(() => requestAnimationFrame(doAll), rest)
  else requestAnimationFrame(doAll)
}

function doAll(): void {
  scheduled = false
  const works = [...waiting]
  waiting.clear()
  const began = performance.now()
  for (const work of works) work()
  queueMicrotask(() => { // behind the one in which React renders
    const took = performance.now() - began
    restsUntil = took > LONG_MS ? performance.now() + Math.min(2 * took, LONGEST_REST_MS) : 0
  })
}

// a frame that was asked for before the page was hidden would come only when it is seen again
document.addEventListener('visibilitychange', () => {
  if (document.hidden && scheduled) doAll()
})
