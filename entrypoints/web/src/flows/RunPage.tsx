import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApprovalCard } from '../chat/tools/ApprovalCard'
import { useApprovals } from '../chat/tools/approvals'
import { api, good, type Schemas } from '../lib/api/client'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { queries } from '../lib/queries'
import { Link } from '../lib/router'
import { followRun } from '../lib/stream/follow-run'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { announce } from '../ui/Status'
import { Graph } from './Graph'
import { StepList, ValueOf } from './StepList'
import { WORDS } from './words'
import '../ui/page.css'
import './flows.css'

const keyOf = (id: number) => ['workflow run', id] as const
const LOOKS = new Set(['step_started', 'step_finished', 'approval_requested', 'approval_decided', 'run_waiting', 'run_finished'])

/** A run of a workflow, step by step as it goes on. */
export default function RunPage({ id }: { id: number }) {
  const t = useText()
  const w = useWords(WORDS)
  const path = { id }
  const { data, error } = useQuery({ queryKey: keyOf(id), queryFn: () => good(api.GET('/workflows/runs/{id}', { params: { path } })) })
  useFollowed(id)
  const status = data?.run.status as keyof typeof w.statuses | undefined
  useEffect(() => {
    if (status) announce(w.statuses[status])
  }, [status, w])
  return (
    <main className="page">
      <div className="page-body">
        <Link to="/flows" className="page-back">
          {t.workflows}
        </Link>
        {error && <Notice action={<Link to="/flows">{w.all}</Link>}>{w.missing}</Notice>}
        {data && status && (
          <>
            <header className="page-head">
              <h1>{w.runTitle(data.workflow, id)}</h1>
              <Actions workflow={data.workflow} id={id} hasEnded={data.run.finished_at !== null} />
            </header>
            <p className="page-hint">{w.statuses[status]}</p>
            {data.run.problem && <Notice>{data.run.problem.message}</Notice>}
            <Questions run={data} />
            <div className="flow-halves">
              <StepList steps={data.steps} />
              <Graph steps={data.steps} />
            </div>
            {data.outputs && <Outputs outputs={data.outputs} />}
          </>
        )}
      </div>
    </main>
  )
}

/** Looks again whenever the run says that something has happened. */
function useFollowed(id: number): void {
  useEffect(() => {
    const leaving = new AbortController()
    const look = () => void queries.invalidateQueries({ queryKey: keyOf(id) })
    const reader = { event: (event: { type: string }) => LOOKS.has(event.type) && look(), connected: () => {} }
    followRun(id, 0, reader, leaving.signal).then(look, () => {}) // who leaves needs no more
    return () => leaving.abort()
  }, [id])
}

function Actions({ workflow, id, hasEnded }: { workflow: string; id: number; hasEnded: boolean }) {
  const t = useText()
  const w = useWords(WORDS)
  if (hasEnded)
    return (
      <Link to={`/flows/${workflow}`} className="button button-plain">
        {w.runAgain}
      </Link>
    )
  return <Button onClick={() => void api.POST('/runs/{id}/cancel', { params: { path: { id } } })}>{t.stop}</Button>
}

function Questions({ run }: { run: Schemas['WorkflowRunOut'] }) {
  const waiting = run.steps.filter(({ state }) => state === 'waiting').map(({ name }) => name)
  const approvals = useApprovals(run.run.id, waiting.length > 0, waiting.join())
  if (waiting.length === 0) return null
  return approvals
    .filter(({ status }) => status === 'pending')
    .map((approval) => <ApprovalCard key={approval.id} approval={approval} question={questionOf(approval.arguments)} />)
}

const questionOf = (asked: unknown): string =>
  typeof asked === 'object' && asked !== null ? Object.values(asked).map(String).join('\n') : String(asked)

function Outputs({ outputs }: { outputs: Record<string, unknown> }) {
  const w = useWords(WORDS)
  return (
    <section className="flow-outputs" aria-label={w.outputs}>
      <h2>{w.outputs}</h2>
      {Object.entries(outputs).map(([name, value]) => (
        <article key={name}>
          <h3>{name}</h3>
          <ValueOf value={value} />
        </article>
      ))}
    </section>
  )
}
