import { useEffect, useId, useRef, useState } from 'react'
import type { Source } from '../../lib/api/client'
import { useText } from '../../lib/i18n/language'
import { Link } from '../../lib/router'
import { addressOf, useSources } from './known-sources'
import { SourceCard } from './SourceCard'
import './sources.css'

const LEAVING_MS = 200 // long enough to get from the number into the card

/** A number in brackets: of a source that is known, it leads there. In an answer with sources no other is shown. */
export function Citation({ rank }: { rank: number }) {
  const sources = useSources()
  const source = sources.find((each) => each.rank === rank)
  if (source) return <Known source={source} />
  return sources.length === 0 ? <>[{rank}]</> : null
}

function Known({ source }: { source: Source }) {
  const t = useText()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined)
  const link = useRef<HTMLSpanElement>(null)
  const open = () => {
    clearTimeout(leaving.current)
    setOpen(true)
  }
  const leave = () => {
    leaving.current = setTimeout(() => setOpen(false), LEAVING_MS)
  }
  useEffect(() => () => clearTimeout(leaving.current), [])
  return (
    <span
      ref={link}
      className="citation"
      data-verified={source.verified}
      onMouseEnter={open}
      onMouseLeave={leave}
      onFocus={open}
      onBlur={leave}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <Link to={addressOf(source)} aria-label={t.sourceNumber(source.rank, source.filename)} aria-describedby={isOpen ? id : undefined}>
        {source.rank}
      </Link>
      {isOpen && <Card id={id} source={source} beside={link.current} />}
    </span>
  )
}

/** In the top layer, so that nothing cuts it off. */
function Card({ id, source, beside }: { id: string; source: Source; beside: HTMLElement | null }) {
  const card = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const [shown, place] = [card.current, beside?.getBoundingClientRect()]
    if (!shown || !place) return
    shown.showPopover()
    const { width, height } = shown.getBoundingClientRect()
    const above = place.top - height - 6
    shown.style.left = `${Math.max(8, Math.min(place.left - 16, innerWidth - width - 8))}px`
    shown.style.top = `${above > 8 ? above : place.bottom + 6}px`
  }, [beside, source])
  return (
    <span ref={card} id={id} role="tooltip" popover="manual" className="citation-card">
      <SourceCard source={source} />
    </span>
  )
}
