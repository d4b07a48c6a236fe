import type { Part } from '../lib/api/client'
import { problemOf, unreachable } from '../lib/api/problem'
import { authorisedFetch } from '../lib/api/session'

/** The lines of `GET /archive` (entrypoints/http/archive_lines.py). */
export interface ConversationRecord {
  record: 'conversation'
  id: number
  title: string
  head_id: number | null
}

export interface Citation {
  number: number
  filename: string
  page?: number
  quote?: string
}

export interface MessageRecord {
  record: 'message'
  id: number
  parent_id?: number | null
  role: string
  created_at: string
  parts: (Exclude<Part, { type: 'text' }> | { type: 'text'; text: string; citations?: Citation[] })[]
}

export type ArchiveRecord = ConversationRecord | MessageRecord | { record: 'end' }

/** One conversation, or all, as the server writes them down. Throw Problem. */
export async function takenOut(id?: number): Promise<string> {
  const only = id === undefined ? '' : `?conversation_id=${id}`
  return (await asked(new Request(`/archive${only}`))).text()
}

/** How many conversations there are more now. Throw Problem: a line is wrong, too large. */
export async function moveIn(file: Blob, once: string): Promise<number> {
  const headers = { 'Content-Type': 'application/jsonl', 'Idempotency-Key': once }
  const response = await asked(new Request('/archive', { method: 'POST', headers, body: file }))
  return ((await response.json()) as { conversation_ids: number[] }).conversation_ids.length
}

async function asked(request: Request): Promise<Response> {
  const response = await authorisedFetch(request).catch(() => {
    throw unreachable()
  })
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null))
  return response
}
