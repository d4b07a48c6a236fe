import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { moment } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

const LOOK_AGAIN_MS = 3_000

/** What is at work or waits, of everybody. */
export function Runs() {
  const w = useWords(WORDS)
  const { data, error } = useQuery({
    queryKey: ['admin', 'runs'],
    queryFn: () => good(api.GET('/admin/runs')),
    refetchInterval: LOOK_AGAIN_MS,
  })
  return (
    <Section title={w.runs} error={error}>
      {data?.length === 0 && <p className="page-none">{w.noRuns}</p>}
      {data && data.length > 0 && (
        <Table
          label={w.runs}
          heads={[w.run, w.kind, w.state, w.owner, w.model, w.since]}
          rows={data.map((run) => ({ key: run.id, cells: [run.id, run.kind, run.status, run.owner, run.model, moment(run.created_at)] }))}
        />
      )}
    </Section>
  )
}
