import { memo } from 'react'
import { useText } from '../../lib/i18n/language'
import { Markdown } from '../markdown/Markdown'
import { KnownSources } from '../sources/known-sources'
import { SourceList } from '../sources/SourceList'
import { ToolCall } from '../tools/ToolCall'
import type { MessageView, Segment } from '../thread/message-view'
import { Thought } from './Thought'

/** What an answer is made of, in its order. */
export function AnswerBody({ message }: { message: MessageView }) {
  const t = useText()
  const isWaiting = message.status === 'in_progress' && message.segments.length === 0
  if (isWaiting) return <span className="dots" role="img" aria-label={t.thinking} />
  const growing = message.status === 'in_progress' ? message.segments.length - 1 : -1
  const hasEnded = message.status !== 'in_progress'
  return (
    <KnownSources value={message.sources}>
      {message.segments.map((segment, place) => (
        <SegmentBody
          key={place}
          id={`${message.key}.${place}`}
          segment={segment}
          isGrowing={place === growing}
          runId={message.runId}
          hasEnded={hasEnded}
        />
      ))}
      {hasEnded && <SourceList />}
    </KnownSources>
  )
}

interface SegmentProps {
  id: string
  segment: Segment
  isGrowing: boolean
  runId: number | null
  hasEnded: boolean
}

const SegmentBody = memo(({ id, segment, isGrowing, runId, hasEnded }: SegmentProps) => {
  switch (segment.kind) {
    case 'text':
      return <Markdown blocks={segment.blocks} isGrowing={isGrowing} />
    case 'thought':
      return <Thought id={id} thought={segment} isGrowing={isGrowing} />
    case 'tool':
      return <ToolCall call={segment} runId={runId} hasEnded={hasEnded} />
  }
})
