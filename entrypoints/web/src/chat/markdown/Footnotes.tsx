import { createContext, type MouseEvent, useContext } from 'react'
import { useText } from '../../lib/i18n/language'
import { NOTE_LINK } from './references'

/** What the ids of an answer's notes begin with: an answer is not alone on the page. */
export const NotesOf = createContext('')

/** The number of a note, which leads to it. */
export function NoteMention({ href }: { href: string }) {
  const t = useText()
  const number = href.slice(NOTE_LINK.length)
  const id = useContext(NotesOf) + number
  const go = (event: MouseEvent) => {
    event.preventDefault() // the address names messages, not notes
    const note = document.getElementById(id)
    note?.scrollIntoView({ block: 'nearest' })
    note?.focus({ preventScroll: true })
  }
  return (
    <sup>
      <a href={`#${id}`} aria-label={t.footnote(Number(number))} onClick={go}>
        {number}
      </a>
    </sup>
  )
}
