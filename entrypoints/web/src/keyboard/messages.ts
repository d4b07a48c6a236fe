const ROW = '.messages article'

/** Put the focus on the message before or behind the one that has it, or else on the last or the first in view. */
export function focusMessage(step: 1 | -1): void {
  const scroller = document.querySelector('.messages')
  if (!scroller) return
  // The reader goes where they like: the end is no longer followed, as after a turn of the wheel.
  if (step < 0) scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }))
  const current = document.activeElement?.closest<HTMLElement>(ROW)
  const next = current ? beside(current, step) : fromOutside(step)
  if (next || !current) return show(next)
  current.scrollIntoView({ block: step > 0 ? 'end' : 'start' }) // only what is near the window is there
  requestAnimationFrame(() => requestAnimationFrame(() => show(beside(current, step))))
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(ROW)]

const beside = (row: HTMLElement, step: 1 | -1): HTMLElement | undefined => rows()[rows().indexOf(row) + step]

function fromOutside(step: 1 | -1): HTMLElement | undefined {
  if (step < 0) return rows().at(-1)
  return rows().find((row) => row.getBoundingClientRect().bottom > 0)
}

function show(row: HTMLElement | undefined): void {
  if (!row) return
  row.tabIndex = -1
  row.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'start' })
}
