import { type KeyboardEvent, useState } from 'react'
import { useText } from '../../lib/i18n/language'
import { asProblem } from '../../lib/api/problem'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { edit } from '../thread/ask'
import { type MessageView, textOf } from '../thread/message-view'
import type { Thread } from '../thread/thread'

interface EditFormProps {
  thread: Thread
  message: MessageView
  onClose: () => void
}

/** A question, to be asked differently. */
export function EditForm({ thread, message, onClose }: EditFormProps) {
  const t = useText()
  const [text, setText] = useState(() => textOf(message))
  const [problem, setProblem] = useState('')
  const send = () => {
    if (!text.trim()) return
    edit(thread, message.key, text.trim()).catch((error: unknown) => setProblem(asProblem(error).message))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <div className="edit">
      <textarea autoFocus dir="auto" aria-label={t.editLabel} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
      {problem && <Notice>{problem}</Notice>}
      <div className="edit-row">
        <Button look="quiet" onClick={onClose}>
          {t.cancel}
        </Button>
        <Button look="strong" disabled={!text.trim()} onClick={send}>
          {t.saveEdit}
        </Button>
      </div>
    </div>
  )
}
