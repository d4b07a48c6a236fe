import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { Link, useSearch } from '../lib/router'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { useDocument } from './documents'
import { WORDS } from './words'
import '../ui/page.css'
import './reader.css'

const AROUND = 6_000

interface Span {
  start: number
  end: number
}

/** The text of a document, at a passage if the address names one (`?start=&end=`), which is marked. */
export default function ReaderPage({ id }: { id: number }) {
  const t = useText()
  const w = useWords(WORDS)
  const passage = passageIn(useSearch())
  const { data: document, error } = useDocument(id)
  if (error && !document)
    return (
      <main className="page">
        <div className="page-body">
          <Notice action={<Link to="/library">{w.back}</Link>}>{w.missing}</Notice>
        </div>
      </main>
    )
  return (
    <main className="page">
      <div className="page-body reader">
        <Link to="/library">{t.documents}</Link>
        <h1>{document?.title || document?.filename}</h1>
        {document?.title && document.title !== document.filename && <p className="page-hint">{document.filename}</p>}
        <Text key={`${id} ${passage?.start} ${passage?.end}`} id={id} passage={passage} />
      </div>
    </main>
  )
}

function Text({ id, passage }: { id: number; passage: Span | null }) {
  const t = useText()
  const w = useWords(WORDS)
  const [shown, setShown] = useState<Span>(() => around(passage ?? { start: 0, end: 0 }))
  const { data, error, refetch } = useQuery({
    queryKey: ['document text', id, shown.start, shown.end],
    queryFn: () => good(api.GET('/documents/{id}/text', { params: { path: { id }, query: shown } })),
    placeholderData: (before) => before,
  })
  const mark = useRef<HTMLElement>(null)
  const isThere = data !== undefined
  useEffect(() => {
    if (isThere) mark.current?.scrollIntoView({ block: 'center' })
  }, [isThere])
  if (error && !data)
    return <Notice action={<Button onClick={() => void refetch()}>{t.tryAgain}</Button>}>{asProblem(error).message}</Notice>
  if (!data) return null
  const [before, marked, after] = cut(data.text, data.start, passage)
  return (
    <>
      {data.first_page !== null && <p className="reader-pages">{w.page(data.first_page, data.last_page ?? data.first_page)}</p>}
      {data.start > 0 && <Button onClick={() => setShown({ ...shown, start: Math.max(0, data.start - AROUND) })}>{w.earlier}</Button>}
      <p className="reader-text" dir="auto">
        {before}
        {marked && (
          <mark ref={mark} aria-label={w.marked}>
            {marked}
          </mark>
        )}
        {after}
      </p>
      {data.end < data.characters && <Button onClick={() => setShown({ ...shown, end: data.end + AROUND })}>{w.later}</Button>}
    </>
  )
}

const around = ({ start, end }: Span): Span => ({ start: Math.max(0, start - AROUND), end: end + AROUND })

/** What is before the passage, the passage, and what is behind it. The server counts characters, not UTF-16 units. */
function cut(text: string, offset: number, passage: Span | null): [string, string, string] {
  if (!passage) return [text, '', '']
  const characters = Array.from(text)
  const part = (from: number, to?: number) => characters.slice(Math.max(0, from), to).join('')
  const [start, end] = [passage.start - offset, passage.end - offset]
  return [part(0, Math.max(0, start)), part(start, Math.max(0, end)), part(end)]
}

function passageIn(search: string): Span | null {
  const given = new URLSearchParams(search)
  const [start, end] = [Number(given.get('start') ?? NaN), Number(given.get('end') ?? NaN)]
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start < end ? { start, end } : null
}
