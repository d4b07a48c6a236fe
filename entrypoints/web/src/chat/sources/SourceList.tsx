import { useText } from '../../lib/i18n/language'
import { Link } from '../../lib/router'
import { addressOf, useSources } from './known-sources'
import { SourceCard } from './SourceCard'
import './sources.css'

/** What an answer rests on. Nothing where it rests on nothing. */
export function SourceList() {
  const t = useText()
  const sources = useSources()
  if (sources.length === 0) return null
  return (
    <details className="aside sources">
      <summary>{t.sources(sources.length)}</summary>
      <ol>
        {sources
          .toSorted((one, other) => one.rank - other.rank)
          .map((source) => (
            <li key={source.rank} value={source.rank} data-verified={source.verified}>
              <Link to={addressOf(source)}>
                <SourceCard source={source} />
              </Link>
            </li>
          ))}
      </ol>
    </details>
  )
}
