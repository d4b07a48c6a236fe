import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { useWords } from '../lib/i18n/words'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

/** The limits in force for who looks, and those for all together. */
export function OwnLimits() {
  const w = useWords(WORDS)
  const { data, error } = useQuery({ queryKey: ['admin', 'limits'], queryFn: () => good(api.GET('/limits')) })
  return (
    <Section title={w.limits} error={error}>
      {data?.limits.length === 0 && <p className="page-none">{w.noLimits}</p>}
      {data && data.limits.length > 0 && (
        <Table
          label={w.limits}
          heads={[w.limit, w.scope, w.most, w.left]}
          rows={data.limits.map((each, place) => ({ key: place, cells: [each.limit, each.scope, String(each.most), String(each.left)] }))}
        />
      )}
    </Section>
  )
}
