import { memo, useState } from 'react'
import { useText } from '../../lib/i18n/language'
import { useMessage, useThread } from '../thread/hooks'
import type { MessageView } from '../thread/message-view'
import type { Thread } from '../thread/thread'
import { AnswerBody } from './AnswerBody'
import { EditForm } from './EditForm'
import { MessageActions } from './MessageActions'
import { UnsentNote } from './UnsentNote'

/** One message. It renders when that message changes, and not when others do. */
export const MessageRow = memo(({ thread, id }: { thread: Thread; id: string }) => {
  const message = useMessage(thread, id)
  if (!message) return null
  return message.role === 'user' ? <Question thread={thread} message={message} /> : <Answer thread={thread} message={message} />
})

/** What an address names it by. */
const idOf = (message: MessageView) => (message.id === null ? undefined : `m${message.id}`)

interface RowProps {
  thread: Thread
  message: MessageView
}

function Question({ thread, message }: RowProps) {
  const t = useText()
  const [isEdited, setEdited] = useState(false)
  const text = message.segments.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('')
  return (
    <article id={idOf(message)} tabIndex={-1} className="row question" data-status={message.status} aria-label={t.you}>
      <h2 className="visually-hidden">{t.you}</h2>
      {isEdited ? (
        <EditForm thread={thread} message={message} onClose={() => setEdited(false)} />
      ) : (
        <p className="bubble" dir="auto">
          {text}
        </p>
      )}
      {message.status === 'unsent' && <UnsentNote thread={thread} message={message} />}
      {!isEdited && <MessageActions thread={thread} message={message} onEdit={() => setEdited(true)} />}
    </article>
  )
}

function Answer({ thread, message }: RowProps) {
  const t = useText()
  return (
    <article
      id={idOf(message)}
      tabIndex={-1}
      className="row answer"
      data-status={message.status}
      aria-label={t.assistant}
      aria-busy={message.status === 'in_progress'}
    >
      <h2 className="visually-hidden">{t.assistant}</h2>
      <AnswerBody message={message} />
      <AnswerEnd thread={thread} message={message} />
    </article>
  )
}

/** How the answer ended, when not simply well. */
function AnswerEnd({ thread, message }: RowProps) {
  const t = useText()
  const { runId } = useThread(thread)
  if (message.status === 'in_progress' && runId !== null) return null
  const note = { cancelled: t.stoppedNote, incomplete: t.incompleteNote, failed: t.failedNote }[message.status as string]
  return (
    <>
      {note && (
        <p className="answer-note" role={message.status === 'failed' ? 'alert' : undefined}>
          {note} {message.problem}
        </p>
      )}
      <MessageActions thread={thread} message={message} />
    </>
  )
}
