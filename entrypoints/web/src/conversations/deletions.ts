import { useSyncExternalStore } from 'react'
import { forgetThread } from '../chat/thread/threads'
import { api, type Conversation, good } from '../lib/api/client'
import { Problem } from '../lib/api/problem'
import { sendLeaving } from '../lib/api/session'
import { text } from '../lib/i18n/language'
import { keep, kept, whenKept } from '../lib/storage'
import { announce } from '../ui/Status'
import { takeOut } from './shelves'

/**
 * What was deleted is gone from the page at once and from the server ten seconds later, so that it can be undone
 * without anything being lost. Leaving the page deletes it at the server; should that not get through, the next visit does.
 */
export interface Deletion {
  id: number
  title: string
  due: number
}

const NAME = 'deleting'
const UNDO_MS = 10_000
const HELD_MS = 1_500

let said = ''
let deletions: readonly Deletion[] = []

/** Stored, so that every tab knows them: what is not in the list any more was undone or is done. */
function current(): readonly Deletion[] {
  const now = JSON.stringify(kept<Deletion[]>(NAME, []))
  if (now !== said) {
    said = now
    deletions = JSON.parse(now) as Deletion[]
  }
  return deletions
}

export const useDeletions = (): readonly Deletion[] => useSyncExternalStore((changed) => whenKept(NAME, changed), current)

export function deleteLater({ id, title }: Conversation): void {
  const deletion = { id, title: title || text().untitled, due: Date.now() + UNDO_MS }
  keep(NAME, [...current(), deletion])
  announce(text().deleted(deletion.title))
  arm(deletion)
}

export const undoDeletion = (id: number): void => forgetDeletion(id)

/** What an earlier visit has not got done. */
export const resumeDeletions = (): void => current().forEach(arm)

let isHeld = () => false
/** While this says so, nobody is hurried. */
export const holdDeletionsWhile = (condition: () => boolean): void => void (isHeld = condition)

function arm(deletion: Deletion): void {
  setTimeout(() => (isHeld() ? arm({ ...deletion, due: Date.now() + HELD_MS }) : void finish(deletion.id)), deletion.due - Date.now())
}

async function finish(id: number): Promise<void> {
  if (!current().some((each) => each.id === id)) return
  try {
    await good(api.DELETE('/conversations/{id}', { params: { path: { id } } }))
  } catch (error) {
    const isGone = error instanceof Problem && error.status === 404
    if (!isGone) {
      announce(text().deleteFailed) // and there it is again
      return forgetDeletion(id)
    }
  }
  takeOut(id)
  forgetThread(id)
  forgetDeletion(id)
}

const forgetDeletion = (id: number): void => {
  const rest = current().filter((each) => each.id !== id)
  keep(NAME, rest.length ? rest : null)
}

addEventListener('pagehide', () => {
  for (const { id } of current()) sendLeaving('DELETE', `/conversations/${id}`)
})
