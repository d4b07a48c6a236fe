import type { Source } from '../api/client'

/** The facts of a run, as `/runs/{id}/events` sends them (entrypoints/http/encoders/events.py). */
export type RunEvent = { seq: number } & (
  | { type: 'text_delta'; text: string }
  | { type: 'reasoning_delta'; text: string }
  | { type: 'tool_call_delta'; index: number; id: string | null; name: string | null; arguments: string }
  | { type: 'answer_reset'; text: string; tool_calls?: { id: string; name: string; arguments: string }[]; sources?: Source[] }
  | { type: 'source_cited'; source: Source }
  | { type: 'sources_checked'; sources: Source[] }
  | { type: 'tool_started'; call_id: string }
  | { type: 'tool_finished'; call_id: string; content: string; is_error: boolean }
  | { type: 'approval_requested'; call_id: string; approval_id: number }
  | { type: 'approval_decided'; call_id: string; approval_id: number; approved: boolean; arguments: string }
  | { type: 'step_started' | 'step_finished' | 'step_progress' | 'run_waiting' }
  | { type: 'run_finished'; status: EndStatus; finish_reason: string | null; problem: { code: string; message: string } | null }
)

export type EndStatus = 'completed' | 'incomplete' | 'failed' | 'cancelled'
