import { useQuery } from '@tanstack/react-query'
import { api, type Approval, good } from '../../lib/api/client'
import { queries } from '../../lib/queries'

const keyOf = (runId: number | null) => ['approvals', runId] as const

/** What a run asked people, open or decided. `news` is anything that changes when there is more to know. */
export function useApprovals(runId: number | null, isWanted: boolean, news: unknown): readonly Approval[] {
  const { data } = useQuery({
    queryKey: [...keyOf(runId), news],
    queryFn: () => good(api.GET('/approvals', { params: { query: { run_id: runId ?? 0 } } })),
    enabled: isWanted && runId !== null,
    placeholderData: (before) => before,
  })
  return data ?? []
}

/** `arguments` in the place of those that the model wrote; `reason` is told to the model. */
interface Answer {
  arguments?: Record<string, unknown>
  reason?: string
}

/** The person's answer. Whoever else was faster has won: throw Problem. */
export async function decide(approval: Approval, allowed: boolean, more: Answer = {}): Promise<void> {
  const body = {
    decision: allowed ? ('approve' as const) : ('reject' as const),
    arguments_hash: approval.arguments_hash,
    ...more,
  }
  try {
    await good(api.POST('/approvals/{id}', { params: { path: { id: approval.id } }, body }))
  } finally {
    await queries.invalidateQueries({ queryKey: keyOf(approval.run_id) })
  }
}
