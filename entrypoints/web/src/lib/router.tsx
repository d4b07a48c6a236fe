import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useSyncExternalStore } from 'react'

/** The addresses of the page, as entrypoints/http/pages.py serves them. */
export type Route =
  | { page: 'new' }
  | { page: 'conversation'; id: number }
  | { page: 'settings' }
  | { page: 'library' }
  | { page: 'admin' }
  | { page: 'flows' }
  | { page: 'flow'; name: string }
  | { page: 'flow run'; id: number }
  | { page: 'document'; id: number }
  | { page: 'unknown' }

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
addEventListener('popstate', tell)

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => location.pathname))
}

/** The message that the address names: /c/5#m12. */
export function useTarget(): number | null {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  const message = /^#m(\d{1,15})$/.exec(hash)
  return message ? Number(message[1]) : null
}

export const addressOf = (conversation: number, message: number): string => `/c/${conversation}#m${message}`

/** What stands behind the question mark of the address. */
export const useSearch = (): string => useSyncExternalStore(subscribe, () => location.search)

export function routeOf(path: string): Route {
  const conversation = /^\/c\/(\d{1,15})\/?$/.exec(path)
  if (conversation) return { page: 'conversation', id: Number(conversation[1]) }
  const document = /^\/library\/(\d{1,15})$/.exec(path)
  if (document) return { page: 'document', id: Number(document[1]) }
  const run = /^\/flows\/runs\/(\d{1,15})$/.exec(path)
  if (run) return { page: 'flow run', id: Number(run[1]) }
  const flow = /^\/flows\/([\w.-]{1,100})$/.exec(path)
  if (flow) return { page: 'flow', name: flow[1] ?? '' }
  if (path === '/flows') return { page: 'flows' }
  if (path === '/admin') return { page: 'admin' }
  if (path === '/library') return { page: 'library' }
  if (path === '/settings') return { page: 'settings' }
  return { page: path === '/' ? 'new' : 'unknown' }
}

export function navigate(path: string, { replace = false } = {}): void {
  if (path === location.pathname + location.search + location.hash) return
  history[replace ? 'replaceState' : 'pushState'](null, '', path)
  tell()
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; children: ReactNode }

/** An ordinary link, so that it opens in a new tab too; a plain click stays in the page. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (event.defaultPrevented || !plain) return
    event.preventDefault()
    navigate(to)
  }
  return <a href={to} onClick={follow} {...rest} />
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
