import { useRef } from 'react'
import { useText } from '../lib/i18n/language'

const MOST_CHARACTERS = 200

/** Enter or leaving it takes the title, Escape does not. */
export function RenameForm({ title, onEnd }: { title: string; onEnd: (to: string | null) => void }) {
  const t = useText()
  const hasEnded = useRef(false)
  const end = (to: string) => {
    if (hasEnded.current) return
    hasEnded.current = true
    const wanted = to.trim()
    onEnd(wanted && wanted !== title ? wanted : null)
  }
  return (
    <input
      className="rename"
      autoFocus
      dir="auto"
      aria-label={t.newTitle}
      maxLength={MOST_CHARACTERS}
      defaultValue={title}
      onFocus={(event) => event.target.select()}
      onBlur={(event) => end(event.target.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') end(event.currentTarget.value)
        if (event.key === 'Escape') {
          event.preventDefault() // which would close the dialog around it
          end('')
        }
      }}
    />
  )
}
