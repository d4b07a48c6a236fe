import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { api, good } from '../../lib/api/client'
import { asProblem } from '../../lib/api/problem'
import { queries } from '../../lib/queries'
import { keep, kept, whenKept } from '../../lib/storage'
import { announce } from '../../ui/Status'

const NEW = 'documents.new'
const NONE: readonly number[] = []
let keptText = ''
let keptIds: readonly number[] = NONE

/** The documents that the answers of a conversation rest on; of a new one, those that its first question brings along. */
export function useAttached(conversation: number | null): readonly number[] {
  const fresh = useSyncExternalStore(subscribe, attachedToNew)
  const { data } = useQuery({
    queryKey: keyOf(conversation ?? 0),
    queryFn: async () => (await good(api.GET('/conversations/{id}', { params: { path: { id: conversation ?? 0 } } }))).documents,
    enabled: conversation !== null,
  })
  return conversation === null ? fresh : (data ?? NONE)
}

/** The same array as long as nothing changes. */
export function attachedToNew(): readonly number[] {
  const ids = kept<number[]>(NEW, [])
  const text = ids.join()
  if (text !== keptText) [keptText, keptIds] = [text, ids]
  return text ? keptIds : NONE
}

export const attachToNew = (ids: readonly number[]): void => keep(NEW, ids.length ? ids : null)

/** The first question has taken them along into the conversation. */
export function attachedTo(conversation: number, ids: readonly number[]): void {
  queries.setQueryData(keyOf(conversation), ids)
  attachToNew([])
}

export const attach = (conversation: number | null, id: number): Promise<void> =>
  change(conversation, (ids) => (ids.includes(id) ? ids : [...ids, id]))

export const detach = (conversation: number | null, id: number): Promise<void> =>
  change(conversation, (ids) => ids.filter((each) => each !== id))

async function change(conversation: number | null, to: (ids: readonly number[]) => readonly number[]): Promise<void> {
  if (conversation === null) return attachToNew(to(attachedToNew()))
  const path = { id: conversation }
  try {
    const before = await good(api.GET('/conversations/{id}', { params: { path } }))
    const body = { documents: [...to(before.documents)] }
    const after = await good(api.PATCH('/conversations/{id}', { params: { path }, body }))
    queries.setQueryData(keyOf(conversation), after.documents)
  } catch (error) {
    announce(asProblem(error).message)
  }
}

const keyOf = (conversation: number) => ['attached', conversation] as const
const subscribe = (changed: () => void) => whenKept(NEW, changed)
