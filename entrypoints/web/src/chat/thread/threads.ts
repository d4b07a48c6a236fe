import { Thread } from './thread'

const MOST = 20

/** The threads of this page, the one looked at last at the end; one that is answering is read on in the background. */
const threads = new Map<number, Thread>()
let fresh = new Thread(null)

export function threadOf(id: number): Thread {
  const thread = threads.get(id) ?? new Thread(id)
  threads.delete(id)
  threads.set(id, thread)
  for (const [old, each] of threads) {
    if (threads.size <= MOST) break
    if (each.view.runId === null) threads.delete(old)
  }
  return thread
}

/** The one that a question begins; once it has begun, another. */
export function newThread(): Thread {
  if (fresh.view.phase !== 'new') fresh = new Thread(null)
  return fresh
}

/** The server has named it. */
export function named(thread: Thread, id: number): void {
  thread.id = id
  threads.set(id, thread)
}

export const forgetThread = (id: number): boolean => threads.delete(id)
