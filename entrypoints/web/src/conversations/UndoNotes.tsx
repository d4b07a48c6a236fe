import { useEffect, useRef } from 'react'
import { useText } from '../lib/i18n/language'
import { Button } from '../ui/Button'
import { holdDeletionsWhile, undoDeletion, useDeletions } from './deletions'

/** What was just deleted, and the way back. Nothing goes while one is at it. */
export function UndoNotes() {
  const t = useText()
  const deletions = useDeletions()
  const notes = useRef<HTMLUListElement>(null)
  useEffect(() => holdDeletionsWhile(() => notes.current?.matches(':hover, :focus-within') ?? false), [])
  if (deletions.length === 0) return null
  return (
    <ul ref={notes} className="undo-notes">
      {deletions.map(({ id, title }) => (
        <li key={id}>
          <span>{t.deleted(title)}</span>
          <Button look="quiet" onClick={() => undoDeletion(id)}>
            {t.undo}
          </Button>
        </li>
      ))}
    </ul>
  )
}
