import { useQuery } from '@tanstack/react-query'
import { api, good, type Schemas } from '../lib/api/client'
import { number } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { BarChart } from './BarChart'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

type Group = Schemas['UsageGroupOut']

/** What everybody used in the last 30 days. */
export function Usage() {
  const w = useWords(WORDS)
  const days = useUsage('day')
  const models = useUsage('model')
  const isNone = days.data?.groups.length === 0
  return (
    <Section title={w.usage} error={days.error ?? models.error}>
      {isNone && <p className="page-none">{w.noUsage}</p>}
      {!isNone && days.data && <Part title={w.usageByDay} head={w.day} groups={days.data.groups} />}
      {!isNone && models.data && <Part title={w.usageByModel} head={w.model} groups={models.data.groups} />}
    </Section>
  )
}

function useUsage(by: 'day' | 'model') {
  const query = { everybody: true, group_by: by }
  return useQuery({ queryKey: ['usage', by], queryFn: () => good(api.GET('/usage', { params: { query } })) })
}

function Part({ title, head, groups }: { title: string; head: string; groups: Group[] }) {
  const w = useWords(WORDS)
  const bars = groups.map((group) => ({ name: String(group.group ?? '–'), parts: [group.input_tokens, group.output_tokens] as const }))
  return (
    <>
      <BarChart title={title} bars={bars} parts={[w.input, w.output]} />
      <details className="admin-table">
        <summary>
          {w.asTable}: {title}
        </summary>
        <Table
          label={title}
          heads={[head, w.calls, w.input, w.output, w.cost]}
          rows={groups.map((group) => ({
            key: String(group.group),
            cells: [group.group ?? '–', number(group.calls), number(group.input_tokens), number(group.output_tokens), costOf(group, w.noPrice)],
          }))}
        />
      </details>
    </>
  )
}

const costOf = ({ cost, unpriced_calls }: Group, unknown: string): string =>
  [...Object.entries(cost).map(([currency, amount]) => `${amount} ${currency}`), ...(unpriced_calls ? [unknown] : [])].join(' + ') || '0'
