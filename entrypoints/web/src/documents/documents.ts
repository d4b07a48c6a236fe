import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { api, good, goodAnswer, type Schemas } from '../lib/api/client'
import { queries } from '../lib/queries'

export type Document = Schemas['DocumentOut']

const DOCUMENTS = 'documents'
const PAGE = 50
const LOOK_AGAIN_MS = 700

/** Somebody is at work on it, or will be. */
export const isTakenIn = ({ status }: Document): boolean => status === 'queued' || status === 'reading' || status === 'indexing'

/** Newest first, page by page. While any is taken in, they are looked at again and again. */
export function useDocuments() {
  return useInfiniteQuery({
    queryKey: [DOCUMENTS, 'list'],
    initialPageParam: null as number | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { before: pageParam }) }
      const { data, response } = await goodAnswer(api.GET('/documents', { params: { query } }))
      return { documents: data, next: response.headers.has('Link') ? (data.at(-1)?.document_id ?? null) : null }
    },
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages.flatMap((page) => page.documents),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.documents.some(isTakenIn)) ? LOOK_AGAIN_MS : false),
  })
}

const one = (id: number) => ({
  queryKey: [DOCUMENTS, id],
  queryFn: () => good(api.GET('/documents/{id}', { params: { path: { id } } })),
  refetchInterval: ({ state }: { state: { data?: Document | undefined } }) =>
    state.data && isTakenIn(state.data) ? LOOK_AGAIN_MS : (false as const),
})

export const useDocument = (id: number) => useQuery(one(id))

/** Whether any of these is not ready yet, but will be. */
export function useAnyTakenIn(ids: readonly number[]): boolean {
  return useQueries({ queries: ids.map(one), combine: (all) => all.some(({ data }) => data !== undefined && isTakenIn(data)) })
}

/** The most bytes that one may have. */
export function useLargest(): number {
  const { data } = useQuery({ queryKey: ['limits'], queryFn: () => good(api.GET('/limits')), staleTime: Infinity })
  return data?.document_bytes ?? Infinity
}

/** What the server has just said of one. */
export function noteDocument(document: Document): void {
  queries.setQueryData([DOCUMENTS, document.document_id], document)
  void queries.invalidateQueries({ queryKey: [DOCUMENTS, 'list'] })
}

export const reloadDocuments = (): Promise<void> => queries.invalidateQueries({ queryKey: [DOCUMENTS] })
