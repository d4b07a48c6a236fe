import { memo } from 'react'
import { useText } from '../../lib/i18n/language'
import { Markdown } from '../markdown/Markdown'
import type { MessageView, Segment } from '../thread/message-view'
import { Thought } from './Thought'

/** What an answer is made of, in its order. */
export function AnswerBody({ message }: { message: MessageView }) {
  const t = useText()
  const isWaiting = message.status === 'in_progress' && message.segments.length === 0
  if (isWaiting) return <span className="dots" role="img" aria-label={t.thinking} />
  const growing = message.status === 'in_progress' ? message.segments.length - 1 : -1
  return message.segments.map((segment, place) => (
    <SegmentBody key={place} id={`${message.key}.${place}`} segment={segment} isGrowing={place === growing} />
  ))
}

const SegmentBody = memo(({ id, segment, isGrowing }: { id: string; segment: Segment; isGrowing: boolean }) => {
  const t = useText()
  switch (segment.kind) {
    case 'text':
      return <Markdown blocks={segment.blocks} isGrowing={isGrowing} />
    case 'thought':
      return <Thought id={id} thought={segment} isGrowing={isGrowing} />
    case 'tool':
      return (
        <details className="aside">
          <summary>
            <code>{segment.name}</code> · {segment.result === null ? t.toolRunning : t.toolDone}
          </summary>
          <h3>{t.toolArguments}</h3>
          <pre tabIndex={0}>{segment.arguments}</pre>
          {segment.result !== null && (
            <>
              <h3>{t.toolResult}</h3>
              <pre tabIndex={0}>{segment.result}</pre>
            </>
          )}
        </details>
      )
  }
})
