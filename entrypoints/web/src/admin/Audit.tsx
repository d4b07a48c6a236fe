import { useInfiniteQuery } from '@tanstack/react-query'
import { api, goodAnswer } from '../lib/api/client'
import { moment } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

const PAGE = 50

/** Who did what, newest first. */
export function Audit() {
  const w = useWords(WORDS)
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['admin', 'audit'],
    initialPageParam: null as number | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { before: pageParam }) }
      const { data, response } = await goodAnswer(api.GET('/admin/audit', { params: { query } }))
      return { entries: data, next: response.headers.has('Link') ? (data.at(-1)?.id ?? null) : null }
    },
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => pages.flatMap((page) => page.entries),
  })
  return (
    <Section title={w.audit} error={error}>
      {data && (
        <Table
          label={w.audit}
          heads={[w.at, w.who, w.action, w.target, w.outcome]}
          rows={data.map((entry) => ({ key: entry.id, cells: [moment(entry.at), entry.who, entry.action, entry.target, entry.outcome] }))}
        />
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{w.more}</Button>}
    </Section>
  )
}
