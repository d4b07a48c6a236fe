import { type Problem, problemOf } from '../api/problem'
import { authorisedFetch } from '../api/session'
import type { RunEvent } from './run-event'
import { serverEvents } from './server-events'

const SILENCE_MS = 40_000 // the server sends a heartbeat every 15 s
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

export interface RunReader {
  /** In order, each once: a reader that was cut off goes on behind the last that it had. */
  event(event: RunEvent): void
  /** Whether the server is heard. */
  connected(is: boolean): void
}

/**
 * Read a run from after the event `after` to its end, over as many connections as it takes. Resolves with the refusal
 * when there is nothing (more) to read, such as a run that was deleted; rejects with AbortError alone.
 */
export async function followRun(id: number, after: number, reader: RunReader, signal: AbortSignal): Promise<Problem | null> {
  let cursor = after
  let pause = FIRST_PAUSE_MS
  for (;;) {
    const line = new AbortController()
    const cut = () => line.abort()
    signal.addEventListener('abort', cut, { once: true })
    let silence = setTimeout(cut, SILENCE_MS)
    try {
      const response = await opened(id, cursor, line.signal)
      if (response.status === 204) return null
      if (!response.ok && response.status < 500) return problemOf(response.status, await response.json().catch(() => null))
      if (response.ok && response.body) {
        reader.connected(true)
        const heard = () => {
          clearTimeout(silence)
          silence = setTimeout(cut, SILENCE_MS)
        }
        for await (const { data } of serverEvents(response.body, heard)) {
          const event = JSON.parse(data) as RunEvent
          if (event.seq <= cursor) continue
          cursor = event.seq
          pause = FIRST_PAUSE_MS
          reader.event(event)
          if (event.type === 'run_finished') return null
        }
      }
    } catch {
      // cut off: what follows comes back for the rest
    } finally {
      clearTimeout(silence)
      signal.removeEventListener('abort', cut)
    }
    signal.throwIfAborted()
    reader.connected(false)
    await rested(pause, signal)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

function opened(id: number, after: number, signal: AbortSignal): Promise<Response> {
  const headers = { Accept: 'text/event-stream' }
  return authorisedFetch(new Request(`/runs/${id}/events?after=${after}`, { headers, signal, cache: 'no-store' }))
}

/** A pause that ends early when the network is back. */
function rested(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      signal.removeEventListener('abort', end)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    signal.addEventListener('abort', end)
  })
}
