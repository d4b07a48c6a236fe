import { useSyncExternalStore } from 'react'
import { useText } from '../../lib/i18n/language'
import { useThread } from '../thread/hooks'
import type { Thread } from '../thread/thread'

/** Says when the server is not heard, or the browser knows of no network. */
export function ConnectionNote({ thread }: { thread: Thread }) {
  const t = useText()
  const { connected, runId } = useThread(thread)
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  const note = runId !== null && !connected ? t.reconnecting : isOnline ? '' : t.offline
  return (
    <p className="connection" role="status" hidden={!note}>
      {note}
    </p>
  )
}

function subscribe(changed: () => void): () => void {
  addEventListener('online', changed)
  addEventListener('offline', changed)
  return () => {
    removeEventListener('online', changed)
    removeEventListener('offline', changed)
  }
}
