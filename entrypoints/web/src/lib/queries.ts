import { QueryClient, useQuery } from '@tanstack/react-query'
import { api, good } from './api/client'
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

export function useModels() {
  return useQuery({ queryKey: ['models'], queryFn: async () => (await good(api.GET('/models'))).models, staleTime: Infinity })
}
