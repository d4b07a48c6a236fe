import { api, good } from '../../lib/api/client'
import { followRun } from '../../lib/stream/follow-run'
import type { EndStatus, RunEvent } from '../../lib/stream/run-event'
import { refreshConversations } from '../../conversations/shelves'
import { keepSecondsThought } from './thinking'
import type { Thread } from './thread'

const ENDED = { completed: 'complete', incomplete: 'complete', cancelled: 'stopped', failed: 'failed' } as const

/** Write the answer `key` from the events of its run, from the first to the last. */
export async function follow(thread: Thread, key: string, runId: number, seesBeginning = false): Promise<void> {
  thread.following?.abort()
  const following = new AbortController()
  thread.following = following
  thread.seesBeginning = seesBeginning
  thread.alter(key, { status: 'in_progress', runId, segments: [], sources: [], problem: null })
  thread.change({ runId, connected: true, ended: null })
  if (thread.wantsStop) void stop(thread).catch(() => {}) // there is a button still
  const reader = {
    event: (event: RunEvent) => (event.type === 'run_finished' ? finish(thread, key, event) : thread.hear(key, event)),
    connected: (is: boolean) => is !== thread.view.connected && thread.change({ connected: is }),
  }
  try {
    const refusal = await followRun(runId, 0, reader, following.signal)
    if (refusal) {
      thread.alter(key, { status: 'failed', problem: refusal.message })
      thread.change({ ended: 'failed' })
    }
  } catch {
    return // somebody else follows, or nobody wants to
  }
  if (thread.following !== following) return
  thread.following = null
  thread.foldAll()
  thread.change({ runId: null, connected: true })
  refreshConversations()
}

/** End the run, at the server. What it has said stays. */
export async function stop(thread: Thread): Promise<void> {
  const { runId } = thread.view
  thread.wantsStop = runId === 0
  if (!runId) return
  await good(api.POST('/runs/{id}/cancel', { params: { path: { id: runId } } }))
}

function finish(thread: Thread, key: string, end: Extract<RunEvent, { type: 'run_finished' }>): void {
  thread.foldAll()
  const status: EndStatus = end.status
  const answer = thread.message(key)
  if (answer?.id) keepSecondsThought(answer.id, answer.segments)
  thread.alter(key, { status, problem: end.problem?.message ?? null })
  thread.change({ ended: ENDED[status] })
}
