export interface ServerEvent {
  id: string
  data: string
}

/**
 * The events of a text/event-stream body (WHATWG HTML, section 9.2), whose data is on one line as our server sends it.
 * `heard` is called for every piece that arrives, heartbeats too. Throws what reading throws.
 */
export async function* serverEvents(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      heard()
      const frames = (rest + value).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const event = eventOf(frame)
        if (event) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

function eventOf(frame: string): ServerEvent | null {
  let id = ''
  let data: string | null = null
  for (const line of frame.split('\n')) {
    if (line.startsWith('id: ')) id = line.slice(4)
    else if (line.startsWith('data: ')) data = line.slice(6)
  }
  return data === null ? null : { id, data }
}
