import { api, type Fork, good, goodAnswer, type Message } from '../../lib/api/client'
import { asProblem } from '../../lib/api/problem'
import { follow } from './follow'
import type { Thread } from './thread'

const PAGE = 50
const LARGEST_PAGE = 100

/** Bring what the server has, and read on if it is answering. */
export async function load(thread: Thread): Promise<void> {
  if (thread.id === null) return
  if (thread.view.keys.length === 0) thread.change({ phase: 'loading', problem: null })
  try {
    await bring(thread, thread.id)
  } catch (error) {
    thread.change({ phase: 'failed', problem: asProblem(error) })
  }
}

/** Bring what was said elsewhere since, if anything was. Throw Problem. */
export async function refresh(thread: Thread): Promise<void> {
  const shown = thread.last()
  if (thread.id === null || thread.view.runId !== null || !shown?.id) return
  const { messages: last } = await messages(thread.id, { limit: 1 })
  const isShown = last[0]?.id === shown.id && last[0].status === shown.status
  if (!isShown && thread.last() === shown) await bring(thread, thread.id)
}

export async function loadEarlier(thread: Thread, limit = PAGE): Promise<void> {
  const first = thread.message(thread.view.keys[0] ?? '')
  if (thread.id === null || !first?.id || !thread.view.hasEarlier) return
  const page = await messages(thread.id, { limit, before: first.id })
  if (thread.view.keys[0] === first.key) thread.showEarlier(page.messages, page.hasEarlier)
}

export async function loadForks(thread: Thread): Promise<void> {
  if (thread.id === null) return
  const { forks } = await good(api.GET('/conversations/{id}/forks', { params: { path: { id: thread.id } } }))
  thread.change({ forks })
}

/** Have this message among those that are here, from another branch if need be. Throw Problem. */
export async function reach(thread: Thread, messageId: number): Promise<string | undefined> {
  const here = await reachAbove(thread, messageId)
  if (here !== undefined || thread.id === null) return here
  const path = { id: thread.id, mid: messageId }
  await good(api.POST('/conversations/{id}/messages/{mid}/show', { params: { path } }))
  await bring(thread, thread.id)
  return reachAbove(thread, messageId)
}

async function reachAbove(thread: Thread, messageId: number): Promise<string | undefined> {
  for (;;) {
    const before = thread.view.keys.length
    const key = thread.keyOf(messageId)
    if (key !== undefined || !thread.view.hasEarlier) return key
    await loadEarlier(thread, LARGEST_PAGE)
    if (thread.view.keys.length === before && thread.keyOf(messageId) === undefined) return undefined
  }
}

async function bring(thread: Thread, id: number): Promise<void> {
  const path = { id }
  const [page, { forks }] = await Promise.all([messages(id), good(api.GET('/conversations/{id}/forks', { params: { path } }))])
  showLoaded(thread, page, forks)
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

async function messages(id: number, query: { limit: number; before?: number } = { limit: PAGE }): Promise<Page> {
  const asked = api.GET('/conversations/{id}/messages', { params: { path: { id }, query } })
  const { data, response } = await goodAnswer(asked)
  return { messages: data.messages, hasEarlier: response.headers.has('Link') }
}
