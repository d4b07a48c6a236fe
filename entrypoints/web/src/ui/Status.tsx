import { useSyncExternalStore } from 'react'

let said = ''
const listeners = new Set<() => void>()

/** Tell who hears the page, once. */
export function announce(what: string): void {
  said = what
  for (const listener of listeners) listener()
}

/** The one polite status region of the page. */
export function StatusRegion() {
  const now = useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => said,
  )
  return (
    <div role="status" className="visually-hidden">
      {now}
    </div>
  )
}
