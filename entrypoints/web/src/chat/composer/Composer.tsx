import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useText } from '../../lib/i18n/language'
import { Button, IconButton } from '../../ui/Button'
import { AttachIcon, SendIcon, StopIcon } from '../../ui/icons'
import { useAnyTakenIn } from '../../documents/documents'
import { FileButton } from '../../documents/FileButton'
import { isOnItsWay, useUploads } from '../../documents/uploads'
import { useAttached } from './attached'
import { Attachments, placeOf } from './Attachments'
import { draftOf, keepDraft } from './drafts'
import { ModelPicker } from './ModelPicker'
import { ToolsSwitch } from './ToolsSwitch'
import './composer.css'

interface ComposerProps {
  conversation: number | null
  isAnswering: boolean
  onSend: (text: string) => void
  onStop: () => void
  onFiles: (files: File[]) => void
}

const TOUCH = matchMedia('(pointer: coarse)')

/** Where a message is written. What is in it survives everything but being sent. */
export function Composer({ conversation, isAnswering, onSend, onStop, onFiles }: ComposerProps) {
  const t = useText()
  const [text, setText] = useState(() => draftOf(conversation))
  const field = useRef<HTMLTextAreaElement>(null)
  const areDocumentsComing = useDocumentsComing(conversation)

  useEffect(() => {
    if (!TOUCH.matches) field.current?.focus({ preventScroll: true })
  }, [])
  useEffect(() => grow(field.current), [text])

  const write = (value: string) => {
    setText(value)
    keepDraft(conversation, value)
  }
  const send = () => {
    const message = text.trim()
    if (!message || isAnswering || areDocumentsComing) return
    keepDraft(conversation, message) // until the server has it
    setText('')
    onSend(message)
    field.current?.focus()
  }
  const stop = () => {
    onStop()
    if (!TOUCH.matches) field.current?.focus() // the button goes, and would take the focus along
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const composes = event.nativeEvent.isComposing || event.keyCode === 229 // 229: Safari, at the end of a composition
    if (event.key !== 'Enter' || event.shiftKey || composes || TOUCH.matches) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Attachments conversation={conversation} />
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        name="message"
        autoComplete="off"
        aria-label={t.messageLabel}
        placeholder={t.messagePlaceholder}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const files = [...event.clipboardData.files]
          if (files.length === 0) return
          event.preventDefault()
          onFiles(files)
        }}
      />
      <div className="composer-row">
        <div className="composer-tools">
          <FileButton onFiles={onFiles}>
            {(choose) => (
              <IconButton label={t.attach} onClick={choose}>
                <AttachIcon />
              </IconButton>
            )}
          </FileButton>
          <ToolsSwitch />
          <ModelPicker />
        </div>
        {areDocumentsComing && (
          <span className="composer-wait" role="status">
            {t.documentsComing}
          </span>
        )}
        {isAnswering ? (
          <Button look="strong" className="composer-go" onClick={stop}>
            <StopIcon />
            {t.stop}
          </Button>
        ) : (
          <Button look="strong" className="composer-go" type="submit" disabled={!text.trim() || areDocumentsComing} aria-label={t.send} title={t.send}>
            <SendIcon />
          </Button>
        )}
      </div>
    </form>
  )
}

/** Whether an answer would have to do without documents that are about to be there. */
function useDocumentsComing(conversation: number | null): boolean {
  const areTakenIn = useAnyTakenIn(useAttached(conversation))
  return useUploads(placeOf(conversation)).some(isOnItsWay) || areTakenIn
}

/** As high as what is in it, where CSS alone cannot do that. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field || CSS.supports('field-sizing', 'content')) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}
