/** What this browser keeps between visits. Without storage (private windows) it lasts as long as the page. */
const NAMESPACE = 'parley.'
const listeners = new Set<(name: string) => void>()
const unstored = new Map<string, string>()

export function kept<T>(name: string, otherwise: T): T {
  const text = read(name)
  if (text === null) return otherwise
  try {
    return JSON.parse(text) as T
  } catch {
    return otherwise
  }
}

/** Null forgets it. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(NAMESPACE + name)
    else localStorage.setItem(NAMESPACE + name, JSON.stringify(value))
  } catch {
    unstored.set(name, JSON.stringify(value))
  }
  for (const listener of listeners) listener(name)
}

/** Hear of changes to `name`, in this tab and in others. */
export function whenKept(name: string, changed: () => void): () => void {
  const here = (which: string) => which === name && changed()
  const elsewhere = (event: StorageEvent) => event.key === NAMESPACE + name && changed()
  listeners.add(here)
  addEventListener('storage', elsewhere)
  return () => {
    listeners.delete(here)
    removeEventListener('storage', elsewhere)
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(NAMESPACE + name) ?? unstored.get(name) ?? null
  } catch {
    return unstored.get(name) ?? null
  }
}

/** Forget all whose names begin so. */
export function cleared(prefix: string): void {
  const names = Object.keys(localStorage).filter((key) => key.startsWith(NAMESPACE + prefix))
  for (const name of names) keep(name.slice(NAMESPACE.length), null)
}
