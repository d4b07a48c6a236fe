import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { Link } from '../lib/router'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { WORDS } from './words'
import '../ui/page.css'
import './flows.css'

/** Every workflow that there is. */
export default function FlowsPage() {
  const t = useText()
  const w = useWords(WORDS)
  const { data, error, refetch } = useQuery({ queryKey: ['workflows'], queryFn: () => good(api.GET('/workflows')) })
  return (
    <main className="page">
      <div className="page-body">
        <h1>{t.workflows}</h1>
        <p className="page-hint">{w.hint}</p>
        {error && !data && (
          <Notice action={<Button onClick={() => void refetch()}>{t.tryAgain}</Button>}>
            {w.failed} {asProblem(error).message}
          </Notice>
        )}
        {data?.length === 0 && <p className="page-none">{w.none}</p>}
        <ul className="flows">
          {data?.map((flow) => (
            <li key={flow.name} className="flow">
              <h2>
                <Link to={`/flows/${flow.name}`}>{flow.title}</Link>
              </h2>
              <p>{flow.description}</p>
              <p className="flow-facts">{w.steps(flow.steps.length)}</p>
            </li>
          ))}
        </ul>
      </div>
    </main>
  )
}
