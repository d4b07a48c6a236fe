import type { Source } from '../../lib/api/client'
import { useText } from '../../lib/i18n/language'

/** What a source is and says. Words that were not found in it, letter for letter, look different. */
export function SourceCard({ source }: { source: Source }) {
  const t = useText()
  return (
    <>
      <span className="source-title">
        {source.filename}
        {source.page !== null && <span className="source-page"> · {t.pageNumber(source.page)}</span>}
      </span>
      <span className="source-quote" dir="auto">
        {source.quote || source.excerpt}
      </span>
      {!source.verified && <span className="source-doubt">{t.unverified}</span>}
    </>
  )
}
