import { refresh } from './load'
import type { Thread } from './thread'

const POLL_MS = 10_000
const SPREAD_MS = 3_000 // so that many tabs do not ask at once

const channel = new BroadcastChannel('parley.threads')

/** Tell the other tabs of this browser that there is something new in a conversation. */
export function tellOthers(thread: Thread): void {
  if (thread.id !== null) channel.postMessage(thread.id)
}

/**
 * Hear of what is asked elsewhere in a conversation that is looked at: at once of another tab of this browser, and of
 * other browsers when this page is come back to, or within some seconds by asking for the last message. What is being
 * answered is followed by itself and not asked for.
 */
export function watch(thread: Thread): () => void {
  const leaving = new AbortController()
  const look = () => void refresh(thread).catch(() => {}) // the next look will do
  const hear = (event: MessageEvent) => event.data === thread.id && look()
  const come = () => document.hidden || look()
  channel.addEventListener('message', hear, { signal: leaving.signal })
  document.addEventListener('visibilitychange', come, { signal: leaving.signal })
  addEventListener('focus', come, { signal: leaving.signal })
  const polling = setInterval(come, POLL_MS + Math.random() * SPREAD_MS)
  return () => {
    leaving.abort()
    clearInterval(polling)
  }
}
