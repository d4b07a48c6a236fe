import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useText } from '../../lib/i18n/language'
import { IconButton } from '../../ui/Button'
import { DownIcon } from '../../ui/icons'
import { useThread } from '../thread/hooks'
import { loadEarlier } from '../thread/load'
import type { Thread } from '../thread/thread'
import { useEndFollower } from './follow-end'
import { MessageRow } from './MessageRow'
import { useTargetInView } from './use-target'

const EARLIER_PX = 1_500

/** What was said, of which only what is near the window is there. It follows the end while the reader is at it. */
export function MessageList({ thread }: { thread: Thread }) {
  const t = useText()
  const { keys, hasEarlier } = useThread(thread)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const { follower, isPinned } = useEndFollower(scroller, content)
  const list = useRef<VirtualizerHandle>(null)
  const earlier = useEarlier(thread, keys)
  useTargetInView(thread, list, follower)

  const last = keys[keys.length - 1]
  const asked = thread.message(last ?? '')?.role === 'user' ? last : undefined
  useEffect(() => {
    if (asked) follower.toEnd() // who asks wants to see the answer
  }, [asked, follower])

  return (
    <div className="messages-frame">
      <div
        ref={scroller}
        className="messages"
        role="log"
        aria-live="off"
        aria-label={t.thread}
        tabIndex={0}
        onScroll={(event) => hasEarlier && event.currentTarget.scrollTop < EARLIER_PX && earlier.load()}
      >
        <div ref={content} className="messages-content">
          <Virtualizer ref={list} scrollRef={scroller} shift={earlier.isShowing} itemSize={160}>
            {keys.map((key) => (
              <MessageRow key={key} thread={thread} id={key} />
            ))}
          </Virtualizer>
        </div>
      </div>
      {!isPinned && (
        <IconButton className="to-latest" label={t.jumpToLatest} onClick={() => follower.toEnd()}>
          <DownIcon />
        </IconButton>
      )}
    </div>
  )
}

/** Brings what is above. `isShowing` is true in the one render that shows it, which must not move what is in view. */
function useEarlier(thread: Thread, keys: readonly string[]) {
  const isLoading = useRef(false)
  const [first, setFirst] = useState(keys[0])
  const isShowing = first !== undefined && keys[0] !== first && keys.includes(first)
  useLayoutEffect(() => setFirst(keys[0]), [keys])
  const load = () => {
    if (isLoading.current) return
    isLoading.current = true
    const done = () => (isLoading.current = false)
    loadEarlier(thread).then(done, done) // scrolling on tries again
  }
  return { isShowing, load }
}
