import { useEffect } from 'react'
import { stop } from '../chat/thread/follow'
import { textOf } from '../chat/thread/message-view'
import type { Thread } from '../chat/thread/thread'
import { newThread, threadOf } from '../chat/thread/threads'
import { text } from '../lib/i18n/language'
import { navigate } from '../lib/router'
import { announce } from '../ui/Status'
import { focusMessage } from './messages'
import { type Action, actionOf, keysOf, writes } from './shortcuts'

interface Openers {
  openMenu: () => void
  openHelp: () => void
}

/** Hears the shortcuts, wherever the focus is, but for an open dialog or menu. */
export function useKeyboard(shown: number | null, { openMenu, openHelp }: Openers): void {
  useEffect(() => {
    const thread = () => (shown === null ? newThread() : threadOf(shown))
    const acts: Record<Action, () => void> = {
      newChat: () => (navigate('/'), focusComposer()),
      focusComposer,
      search: () => focusSearch(openMenu),
      previousMessage: () => focusMessage(-1),
      nextMessage: () => focusMessage(1),
      copyLast: () => void copyLast(thread()),
      stop: () => void stop(thread()).catch(() => {}),
      help: openHelp,
    }
    const press = (event: KeyboardEvent) => {
      const action = actionOf(event)
      const isOver = document.querySelector('dialog[open], [popover]:popover-open')
      if (!action || event.defaultPrevented || isOver) return
      if (writes(keysOf(action)) && isWriting(event.target)) return
      if (action === 'stop' && (thread().view.runId === null || event.target instanceof HTMLInputElement)) return // it means something else
      event.preventDefault()
      acts[action]()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  })
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function focusComposer(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('textarea[name=message]')?.focus())
}

function focusSearch(openMenu: () => void): void {
  const field = () => [...document.querySelectorAll<HTMLElement>('.side-search')].find((each) => each.checkVisibility())
  if (!field()) openMenu()
  requestAnimationFrame(() => requestAnimationFrame(() => field()?.focus()))
}

async function copyLast(thread: Thread): Promise<void> {
  const key = thread.view.keys.findLast((each) => thread.message(each)?.role === 'assistant')
  const answer = key && thread.message(key)
  if (!answer) return
  await navigator.clipboard.writeText(textOf(answer))
  announce(text().copied)
}
