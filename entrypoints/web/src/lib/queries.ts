import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, good, goodAnswer } from './api/client'
import { Problem } from './api/problem'

/** What the server has, apart from the words of a thread, which chat/thread keeps. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      networkMode: 'always', // the server may be this machine, whatever the browser says of the network
      retry: (failures, error) => failures < 2 && error instanceof Problem && (error.status === 0 || error.status >= 500),
    },
  },
})

const CONVERSATIONS = ['conversations']
const PAGE = 50

/** Newest first, page by page. */
export function useConversations() {
  return useInfiniteQuery({
    queryKey: CONVERSATIONS,
    initialPageParam: null as number | null,
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, archived: false, ...(pageParam === null ? {} : { before: pageParam }) }
      const { data, response } = await goodAnswer(api.GET('/conversations', { params: { query } }))
      return { conversations: data, hasMore: response.headers.has('Link') }
    },
    getNextPageParam: (page) => (page.hasMore ? (page.conversations.at(-1)?.id ?? null) : null),
  })
}

export const refreshConversations = (): void => void queries.invalidateQueries({ queryKey: CONVERSATIONS })

export function useModels() {
  return useQuery({ queryKey: ['models'], queryFn: async () => (await good(api.GET('/models'))).models, staleTime: Infinity })
}
