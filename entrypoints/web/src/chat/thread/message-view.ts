import type { Message, Source } from '../../lib/api/client'
import { secondsThought } from './thinking'
import { grown } from '../markdown/blocks'

/** What a message is made of, in order. Each is replaced when it changes and never changed. */
export type Segment =
  | { kind: 'text'; text: string; blocks: readonly string[] }
  /** `since` is when it began (of the page's clock, in ms) while it goes on, if that was seen here. */
  | { kind: 'thought'; text: string; since?: number; seconds?: number | undefined }
  | ToolSegment

/** A call of a tool. `asked` and `allowed` are of the question to a person, as far as it was followed here. */
export interface ToolSegment {
  kind: 'tool'
  callId: string
  name: string
  arguments: string
  result: string | null
  isError: boolean
  asked: boolean
  allowed: boolean | null
}

/** `sending` and `unsent` are questions that the server does not know; the others are the server's words. */
export type Status = 'sending' | 'unsent' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled'

export interface MessageView {
  /** Stays the same when a message that was only here gets its id. */
  key: string
  id: number | null
  role: 'user' | 'assistant'
  segments: readonly Segment[]
  status: Status
  parentId: number | null
  runId: number | null
  problem: string | null
  /** What its text cites as [1], [2] ..., as far as it is known. */
  sources: readonly Source[]
}

export const textOf = (message: MessageView): string =>
  message.segments.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('')

export const textSegment = (text: string): Segment => ({ kind: 'text', text, blocks: grown([], text) })

export const toolSegment = (callId: string, name: string, given: string): ToolSegment => ({
  kind: 'tool',
  callId,
  name,
  arguments: given,
  result: null,
  isError: false,
  asked: false,
  allowed: null,
})

/** Null for what a reader is not shown, such as instructions. */
export function viewOf(message: Message, key: string): MessageView | null {
  if (message.role !== 'user' && message.role !== 'assistant') return null
  return {
    key,
    id: message.id,
    role: message.role,
    segments: segmentsOf(message),
    status: message.status as Status,
    parentId: message.parent_id,
    runId: message.run_id,
    problem: null,
    sources: message.parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : [])),
  }
}

function segmentsOf(message: Message): Segment[] {
  const segments: Segment[] = []
  const seconds = secondsThought(message.id)
  for (const part of message.parts) {
    if (part.type === 'text') segments.push(textSegment(part.text))
    else if (part.type === 'reasoning') segments.push({ kind: 'thought', text: part.text, seconds: seconds[segments.length] })
    else if (part.type === 'tool_call')
      segments.push(toolSegment(part.id, part.name, part.arguments))
    else if (part.type === 'tool_result') {
      const at = segments.findIndex((each) => each.kind === 'tool' && each.callId === part.call_id)
      const call = segments[at]
      if (call?.kind === 'tool') segments[at] = { ...call, result: part.content }
    }
  }
  return segments
}
