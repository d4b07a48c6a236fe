import type { Fork, Message } from '../../lib/api/client'
import type { Problem } from '../../lib/api/problem'
import { inNextFrame } from '../../lib/frame'
import type { RunEvent } from '../../lib/stream/run-event'
import { folded } from './fold'
import { sourcesAfter } from './sources-after'
import { type MessageView, viewOf } from './message-view'

/** What all of a thread's view depends on; a message's own words are not in it. */
export interface ThreadView {
  phase: 'new' | 'loading' | 'ready' | 'failed'
  problem: Problem | null
  keys: readonly string[]
  /** Whether there is more above. */
  hasEarlier: boolean
  /** The run that answers now, as soon as it is known; 0 while a question is on its way. */
  runId: number | null
  connected: boolean
  forks: readonly Fork[]
  /** How the last answer ended that was followed here, for who hears the page. */
  ended: 'complete' | 'stopped' | 'failed' | null
}

const serials = (function* () {
  for (let serial = 1; ; serial++) yield serial
})()

/**
 * The messages of one conversation on this page, and who looks at which of them. A change of one message is told to that
 * message's readers alone, and what streams in is told once a frame.
 */
export class Thread {
  /** A key for the view: stays when a new conversation gets its id. */
  readonly serial = serials.next().value as number
  id: number | null
  /** Reads the events of the run that answers now. */
  following: AbortController | null = null
  /** Whether the run was begun here, so that its events come when they are said. */
  seesBeginning = false
  /** Stop was pressed before the server had named the run. */
  wantsStop = false
  view: ThreadView
  private readonly messages = new Map<string, MessageView>()
  private readonly keyOfId = new Map<number, string>()
  private readonly readers = new Map<string, Set<() => void>>()
  private readonly unfolded = new Map<string, RunEvent[]>()

  constructor(id: number | null) {
    this.id = id
    this.view = {
      phase: id === null ? 'new' : 'loading',
      problem: null,
      keys: [],
      hasEarlier: false,
      runId: null,
      connected: true,
      forks: [],
      ended: null,
    }
  }

  /** Hear of the thread with the key '', or of one message. */
  subscribe = (key: string, changed: () => void): (() => void) => {
    const readers = this.readers.get(key) ?? new Set()
    this.readers.set(key, readers.add(changed))
    return () => {
      readers.delete(changed)
      if (readers.size === 0) this.readers.delete(key)
    }
  }

  keyOf = (id: number): string | undefined => this.keyOfId.get(id)

  message = (key: string): MessageView | undefined => this.messages.get(key)

  last(): MessageView | undefined {
    return this.messages.get(this.view.keys[this.view.keys.length - 1] ?? '')
  }

  change(change: Partial<ThreadView>): void {
    this.view = { ...this.view, ...change }
    this.tell('')
  }

  /** The last messages that the server has, in the place of what was here; those that stay keep their keys. */
  show(messages: readonly Message[], { hasEarlier, forks }: Pick<ThreadView, 'hasEarlier' | 'forks'>): void {
    const views = this.viewsOf(messages)
    const meeting = this.view.keys.indexOf(views[0]?.key ?? '')
    const keys = [...this.view.keys.slice(0, Math.max(meeting, 0)), ...views.map((view) => view.key)]
    const stay = new Set(keys)
    for (const key of this.view.keys) if (!stay.has(key)) this.forget(key)
    for (const view of views) this.put(view)
    this.change({ phase: 'ready', problem: null, keys, hasEarlier: meeting > 0 ? this.view.hasEarlier : hasEarlier, forks })
  }

  showEarlier(messages: readonly Message[], hasEarlier: boolean): void {
    const views = this.viewsOf(messages)
    for (const view of views) this.put(view)
    this.change({ keys: [...views.map((view) => view.key), ...this.view.keys], hasEarlier })
  }

  /** Add a message at the end, or cut off what is there from `instead` on and add it then. */
  add(message: MessageView, instead?: string): void {
    const { keys } = this.view
    const at = instead === undefined ? keys.length : keys.indexOf(instead)
    this.put(message)
    this.change({ keys: [...keys.slice(0, at), message.key] })
  }

  put(message: MessageView): void {
    this.messages.set(message.key, message)
    if (message.id !== null) this.keyOfId.set(message.id, message.key)
    this.tell(message.key)
  }

  /** Change a message, if it is still here. */
  alter(key: string, change: Partial<MessageView>): void {
    const message = this.messages.get(key)
    if (message) this.put({ ...message, ...change })
  }

  remove(key: string): void {
    this.forget(key)
    this.change({ keys: this.view.keys.filter((each) => each !== key) })
  }

  /** An event of the run that writes this message: shown in the next frame. */
  hear(key: string, event: RunEvent): void {
    const events = this.unfolded.get(key)
    if (events) events.push(event)
    else this.unfolded.set(key, [event])
    inNextFrame(this.foldAll)
  }

  foldAll = (): void => {
    for (const [key, events] of this.unfolded) {
      const message = this.messages.get(key)
      if (!message) continue
      const segments = folded(message.segments, events, this.seesBeginning ? performance.now() : null)
      this.put({ ...message, segments, sources: sourcesAfter(message.sources, events) })
    }
    this.unfolded.clear()
  }

  private viewsOf(messages: readonly Message[]): MessageView[] {
    return messages
      .map((message) => viewOf(message, this.keyOfId.get(message.id) ?? `m${message.id}`))
      .filter((view) => view !== null)
  }

  private forget(key: string): void {
    const id = this.messages.get(key)?.id
    this.messages.delete(key)
    this.unfolded.delete(key)
    if (id != null) this.keyOfId.delete(id)
  }

  private tell(key: string): void {
    for (const reader of this.readers.get(key) ?? []) reader()
  }
}
