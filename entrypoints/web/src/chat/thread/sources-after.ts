import type { Source } from '../../lib/api/client'
import type { RunEvent } from '../../lib/stream/run-event'

/** What an answer cites after more events of its run. Each source comes before the first text that names it. */
export function sourcesAfter(sources: readonly Source[], events: readonly RunEvent[]): readonly Source[] {
  let now = sources
  for (const event of events) {
    if (event.type === 'source_cited') now = [...now.filter(({ rank }) => rank !== event.source.rank), event.source]
    else if (event.type === 'sources_checked') now = event.sources
    else if (event.type === 'answer_reset') now = event.sources ?? []
  }
  return now
}
