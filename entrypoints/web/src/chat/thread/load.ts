import { api, type Fork, good, goodAnswer, type Message } from '../../lib/api/client'
import { asProblem } from '../../lib/api/problem'
import { follow } from './follow'
import type { Thread } from './thread'

const PAGE = 50

/** Bring what the server has, and read on if it is answering. */
export async function load(thread: Thread): Promise<void> {
  const id = thread.id
  if (id === null) return
  if (thread.view.keys.length === 0) thread.change({ phase: 'loading', problem: null })
  try {
    const path = { id }
    const [page, { forks }] = await Promise.all([
      messages(id),
      good(api.GET('/conversations/{id}/forks', { params: { path } })),
    ])
    showLoaded(thread, page, forks)
  } catch (error) {
    thread.change({ phase: 'failed', problem: asProblem(error) })
  }
}

export async function loadEarlier(thread: Thread): Promise<void> {
  const first = thread.message(thread.view.keys[0] ?? '')
  if (thread.id === null || !first?.id || !thread.view.hasEarlier) return
  const page = await messages(thread.id, first.id)
  if (thread.view.keys[0] === first.key) thread.showEarlier(page.messages, page.hasEarlier)
}

export async function loadForks(thread: Thread): Promise<void> {
  if (thread.id === null) return
  const { forks } = await good(api.GET('/conversations/{id}/forks', { params: { path: { id: thread.id } } }))
  thread.change({ forks })
}

function showLoaded(thread: Thread, page: Page, forks: Fork[]): void {
  if (thread.view.runId !== null) return // a question was asked meanwhile, and shows more than this
  thread.show(page.messages, { hasEarlier: page.hasEarlier, forks })
  const last = thread.last()
  if (last?.status === 'in_progress' && last.runId) void follow(thread, last.key, last.runId)
}

interface Page {
  messages: Message[]
  hasEarlier: boolean
}

async function messages(id: number, before?: number): Promise<Page> {
  const query = before === undefined ? { limit: PAGE } : { limit: PAGE, before }
  const asked = api.GET('/conversations/{id}/messages', { params: { path: { id }, query } })
  const { data, response } = await goodAnswer(asked)
  return { messages: data.messages, hasEarlier: response.headers.has('Link') }
}
