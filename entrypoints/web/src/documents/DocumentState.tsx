import { useText } from '../lib/i18n/language'
import type { Document } from './documents'
import './state.css'

/** How far a document is; it changes while one looks. */
export function DocumentState({ document }: { document: Document }) {
  const t = useText()
  const said = {
    queued: t.documentQueued,
    reading: t.documentReading,
    indexing: t.documentIndexing(document.indexed, document.chunks),
    ready: t.documentReady,
    failed: t.documentFailed,
    cancelled: t.documentCancelled,
  }[document.status]
  return (
    <span className="document-state" data-status={document.status}>
      {said}
    </span>
  )
}
