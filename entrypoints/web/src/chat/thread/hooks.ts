import { useCallback, useSyncExternalStore } from 'react'
import type { MessageView } from './message-view'
import type { Thread, ThreadView } from './thread'

export function useThread(thread: Thread): ThreadView {
  const subscribe = useCallback((changed: () => void) => thread.subscribe('', changed), [thread])
  return useSyncExternalStore(subscribe, () => thread.view)
}

export function useMessage(thread: Thread, key: string): MessageView | undefined {
  const subscribe = useCallback((changed: () => void) => thread.subscribe(key, changed), [thread, key])
  return useSyncExternalStore(subscribe, () => thread.message(key))
}
