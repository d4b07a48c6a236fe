import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { Link, navigate } from '../lib/router'
import { Notice } from '../ui/Notice'
import { Graph } from './Graph'
import { InputForm } from './InputForm'
import { WORDS } from './words'
import '../ui/page.css'
import './flows.css'

/** One workflow: what it does, and what it wants to be given. */
export default function FlowPage({ name }: { name: string }) {
  const t = useText()
  const w = useWords(WORDS)
  const path = { name }
  const { data, error } = useQuery({ queryKey: ['workflow', name], queryFn: () => good(api.GET('/workflows/{name}', { params: { path } })) })
  return (
    <main className="page">
      <div className="page-body">
        <Link to="/flows" className="page-back">
          {t.workflows}
        </Link>
        {error && <Notice action={<Link to="/flows">{w.all}</Link>}>{w.missing}</Notice>}
        {data && (
          <>
            <h1>{data.title}</h1>
            <p className="page-hint">{data.description}</p>
            <div className="flow-halves">
              <InputForm workflow={data} onStarted={(run) => navigate(`/flows/runs/${run}`)} />
              <Graph steps={data.steps.map((step) => ({ ...step, state: 'pending' as const }))} />
            </div>
          </>
        )}
      </div>
    </main>
  )
}
