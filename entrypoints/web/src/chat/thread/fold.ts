import type { RunEvent } from '../../lib/stream/run-event'
import { grown } from '../markdown/blocks'
import { withoutOpenThought } from './thinking'
import { type Segment, textSegment } from './message-view'

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
      case 'answer_reset':
        now = event.text ? [textSegment(event.text)] : []
        for (const call of event.tool_calls ?? []) now.push(tool(call.id, call.name, call.arguments))
        break
      case 'tool_call_delta':
        if (event.id) now.push(tool(event.id, event.name ?? '', event.arguments))
        else now = withTool(now, (call) => call.result === null, (call) => ({ ...call, arguments: call.arguments + event.arguments }))
        break
      case 'tool_finished':
        now = withTool(now, (call) => call.callId === event.call_id, (call) => ({ ...call, result: event.content }))
        break
    }
  }
  return now
}

type Tool = Extract<Segment, { kind: 'tool' }>

const tool = (callId: string, name: string, given: string): Tool => ({ kind: 'tool', callId, name, arguments: given, result: null })

/** The last call that is meant, changed. */
function withTool(segments: Segment[], isMeant: (call: Tool) => boolean, change: (call: Tool) => Tool): Segment[] {
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
