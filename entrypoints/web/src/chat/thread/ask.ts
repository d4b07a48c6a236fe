import { api, good, onceKey, type Run } from '../../lib/api/client'
import { asProblem } from '../../lib/api/problem'
import { refreshConversations } from '../../conversations/shelves'
import { navigate } from '../../lib/router'
import { attachedTo, attachedToNew } from '../composer/attached'
import { clearDraft } from '../composer/drafts'
import { usesTools } from '../composer/ToolsSwitch'
import { tellOthers } from './elsewhere'
import { follow } from './follow'
import { load, loadForks } from './load'
import { type MessageView, textOf, textSegment } from './message-view'
import type { Thread } from './thread'
import { named, newThread } from './threads'

/** Show the question at once, send it, and read the answer as it is written. */
export async function ask(thread: Thread, text: string, model: string | null): Promise<void> {
  const question = asked(text, thread.last()?.id ?? null)
  thread.change({ phase: 'ready', runId: 0, ended: null })
  thread.add(question)
  await send(thread, question.key, model, onceKey())
}

const onceKeys = new Map<string, string>()

/** Send a question once more that did not get through; if it did, it is not asked twice. */
export async function askAgain(thread: Thread, key: string, model: string | null): Promise<void> {
  thread.alter(key, { status: 'sending', problem: null })
  thread.change({ runId: 0 })
  await send(thread, key, model, onceKeys.get(key) ?? onceKey())
}

/** Ask a question differently: a new branch beside the old one. */
export async function edit(thread: Thread, key: string, text: string): Promise<void> {
  const before = thread.message(key)
  if (thread.id === null || !before?.id) return
  const path = { id: thread.id, mid: before.id }
  const asking = api.POST('/conversations/{id}/messages/{mid}/edit', { params: { path, ...once() }, body: { message: text } })
  const run = await begin(thread, good(asking))
  const question: MessageView = { ...asked(text, before.parentId), id: run.question_id, status: 'completed' }
  thread.add(question, key)
  await answer(thread, run)
}

/** Another answer to the same question, beside the old one. */
export async function regenerate(thread: Thread, key: string, model: string | null): Promise<void> {
  const before = thread.message(key)
  if (thread.id === null || !before?.id) return
  const path = { id: thread.id, mid: before.id }
  const asking = api.POST('/conversations/{id}/messages/{mid}/regenerate', { params: { path, ...once() }, body: { model } })
  await answer(thread, await begin(thread, good(asking)), key)
}

/** Read and go on with the branch through this message. */
export async function showBranch(thread: Thread, messageId: number): Promise<void> {
  if (thread.id === null) return
  const path = { id: thread.id, mid: messageId }
  await good(api.POST('/conversations/{id}/messages/{mid}/show', { params: { path } }))
  await load(thread)
  tellOthers(thread)
}

async function send(thread: Thread, key: string, model: string | null, once: string): Promise<void> {
  const message = textOf(thread.message(key) as MessageView)
  const taken = thread.id === null ? attachedToNew() : []
  const documents = taken.length ? [...taken] : null
  const body = { message, conversation_id: thread.id, model, documents, tools: usesTools() }
  try {
    const header = { 'idempotency-key': once }
    const run = await good(api.POST('/runs', { params: { header }, body }))
    onceKeys.delete(key)
    clearDraft(thread.id, message)
    if (documents) attachedTo(run.conversation_id, documents)
    begun(thread, run)
    thread.alter(key, { id: run.question_id, status: 'completed' })
    await answer(thread, run)
  } catch (error) {
    onceKeys.set(key, once)
    thread.alter(key, { status: 'unsent', problem: asProblem(error).message })
    notBegun(thread)
  }
}

/** The run that was asked for. Nothing else can be asked until it is there or refused. */
async function begin(thread: Thread, asking: Promise<Run>): Promise<Run> {
  thread.change({ runId: 0, ended: null })
  try {
    return await asking
  } catch (error) {
    notBegun(thread)
    throw error
  }
}

function notBegun(thread: Thread): void {
  thread.wantsStop = false
  thread.change({ runId: null })
}

/** The first question has made the conversation: the address says so, unless the reader has gone elsewhere. */
function begun(thread: Thread, run: Run): void {
  if (thread.id !== null) return
  const isShown = location.pathname === '/'
  named(thread, run.conversation_id)
  newThread()
  if (isShown) navigate(`/c/${run.conversation_id}`, { replace: true })
  refreshConversations()
}

async function answer(thread: Thread, run: Run, instead?: string): Promise<void> {
  const key = `m${run.answer_id}`
  const place: MessageView = { ...asked('', run.question_id), key, id: run.answer_id, role: 'assistant', status: 'in_progress' }
  thread.add({ ...place, segments: [] }, instead)
  const following = follow(thread, key, run.id, true)
  tellOthers(thread)
  void loadForks(thread).catch(() => {}) // the switcher shows them with the next load
  await following
}

function asked(text: string, parentId: number | null): MessageView {
  const key = `q${onceKey()}`
  return { key, id: null, role: 'user', segments: [textSegment(text)], status: 'sending', parentId, runId: null, problem: null, sources: [] }
}

const once = () => ({ header: { 'idempotency-key': onceKey() } })
