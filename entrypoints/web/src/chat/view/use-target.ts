import { type RefObject, useEffect } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useText } from '../../lib/i18n/language'
import { useTarget } from '../../lib/router'
import { announce } from '../../ui/Status'
import { reach } from '../thread/load'
import type { Thread } from '../thread/thread'
import type { EndFollower } from './follow-end'

const FRAMES = 120
const STILL_FRAMES = 3

/** Brings the message that the address names into view, and gives it the focus. */
export function useTargetInView(thread: Thread, list: RefObject<VirtualizerHandle | null>, follower: EndFollower): void {
  const t = useText()
  const target = useTarget()
  useEffect(() => {
    if (target === null) return
    let isWanted = true
    follower.release()
    const bring = async () => {
      const key = await reach(thread, target)
      if (!isWanted) return
      if (key === undefined) throw new Error('nowhere in this conversation')
      const article = await scrolledTo(`m${target}`, () => {
        follower.release() // coming by the end would take hold of it
        list.current?.scrollToIndex(thread.view.keys.indexOf(key), { align: 'start' })
      })
      if (isWanted) article?.focus({ preventScroll: true })
    }
    bring()
      .catch(() => isWanted && announce(t.noSuchMessage))
      .finally(() => isWanted && follower.settle())
    return () => {
      isWanted = false
    }
  }, [thread, target, list, follower, t])
}

/** Scroll until the element is there and stays: rows that were never in view have no height yet. */
async function scrolledTo(id: string, scroll: () => void): Promise<HTMLElement | null> {
  let still = 0
  let top = NaN
  for (let frame = 0; frame < FRAMES; frame++) {
    if (still === 0) scroll()
    await new Promise(requestAnimationFrame)
    const element = document.getElementById(id)
    const now = element?.getBoundingClientRect().top ?? NaN
    still = now === top ? still + 1 : 0
    top = now
    if (still === STILL_FRAMES) return element
  }
  return document.getElementById(id)
}
