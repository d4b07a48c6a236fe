import type { RunEvent } from '../../lib/stream/run-event'
import { grown } from '../markdown/blocks'
import { withoutOpenThought } from './thinking'
import { type Segment, textSegment, type ToolSegment, toolSegment } from './message-view'

/**
 * What an answer has become after more events of its run: the same fold as the server's (domain/run.py, answer_of).
 * `time` is when they came, in ms of the page's clock; null when they came all at once, long after they were said.
 */
export function folded(segments: readonly Segment[], events: readonly RunEvent[], time: number | null): readonly Segment[] {
  let now = [...segments]
  for (const event of joined(events)) {
    if (event.type !== 'reasoning_delta' && time !== null) withoutOpenThought(now, time)
    const last = now[now.length - 1]
    switch (event.type) {
      case 'text_delta':
        if (last?.kind === 'text')
          now[now.length - 1] = { kind: 'text', text: last.text + event.text, blocks: grown(last.blocks, event.text) }
        else now.push(textSegment(event.text))
        break
      case 'reasoning_delta':
        if (last?.kind === 'thought') now[now.length - 1] = { ...last, text: last.text + event.text }
        else if (event.text) now.push({ kind: 'thought', text: event.text, ...(time === null ? {} : { since: time }) })
        break
      case 'answer_reset': {
        const calls = now.filter((each) => each.kind === 'tool') // what came of those that stay is not said again
        now = event.text ? [textSegment(event.text)] : []
        for (const { id, name, arguments: given } of event.tool_calls ?? [])
          now.push(calls.find(({ callId }) => callId === id) ?? toolSegment(id, name, given))
        break
      }
      case 'tool_call_delta':
        if (event.id) now.push(toolSegment(event.id, event.name ?? '', event.arguments))
        else now = withTool(now, (call) => call.result === null, (call) => ({ ...call, arguments: call.arguments + event.arguments }))
        break
      case 'tool_finished':
        now = withTool(now, isCall(event.call_id), (call) => ({ ...call, result: event.content, isError: event.is_error }))
        break
      case 'approval_requested':
        now = withTool(now, isCall(event.call_id), (call) => ({ ...call, asked: true, allowed: null }))
        break
      case 'approval_decided': {
        const { approved: allowed, arguments: given } = event
        now = withTool(now, isCall(event.call_id), (call) => ({ ...call, allowed, arguments: allowed ? given : call.arguments }))
        break
      }
    }
  }
  return now
}

const isCall = (id: string) => (call: ToolSegment) => call.callId === id

/** The last call that is meant, changed. */
function withTool(segments: Segment[], isMeant: (call: ToolSegment) => boolean, change: (call: ToolSegment) => ToolSegment): Segment[] {
  const at = segments.findLastIndex((each) => each.kind === 'tool' && isMeant(each))
  return segments.map((each, place) => (place === at && each.kind === 'tool' ? change(each) : each))
}

/** Neighbouring deltas of text as one, so that a frame parses its last block once. */
function joined(events: readonly RunEvent[]): RunEvent[] {
  const out: RunEvent[] = []
  for (const event of events) {
    const last = out[out.length - 1]
    if (last && (last.type === 'text_delta' || last.type === 'reasoning_delta') && last.type === event.type)
      out[out.length - 1] = { ...last, text: last.text + event.text }
    else out.push(event)
  }
  return out
}
