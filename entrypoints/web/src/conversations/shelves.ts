import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Conversation, good, goodAnswer } from '../lib/api/client'
import { queries } from '../lib/queries'

/** The lists of conversations that there are; each is newest first, page by page. */
const WANTED = {
  recent: { archived: false, pinned: false },
  pinned: { archived: false, pinned: true },
  archived: { archived: true },
  found: {},
} as const
export type Shelf = keyof typeof WANTED

const CONVERSATIONS = 'conversations'
const PAGE = 50
const TITLED_LATER_MS = 4_000
const YOUNG_MS = 120_000

interface Page {
  conversations: Conversation[]
  /** The cursor of the page behind it. */
  next: number | null
}
type Pages = InfiniteData<Page, number | null>

const keyOf = (shelf: Shelf, query = '') => [CONVERSATIONS, shelf, query] as const

/** With the shelf `found`, what has these words in its title or its messages. */
export function useShelf(shelf: Shelf, query = '') {
  return useInfiniteQuery({
    queryKey: keyOf(shelf, query),
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) => pageOf(shelf, query, pageParam),
    getNextPageParam: (page) => page.next,
    select: (data) => data.pages.flatMap((page) => page.conversations),
    refetchOnMount: false, // it is kept right by what follows; a list that was scrolled through is a hundred pages
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    enabled: shelf !== 'found' || query !== '',
  })
}

/** One conversation, from a list or, when it is on none that is here, from the server. */
export function useConversation(id: number | null): Conversation | undefined {
  const recent = useShelf('recent')
  const pinned = useShelf('pinned')
  const listed = [...(pinned.data ?? []), ...(recent.data ?? [])].find((each) => each.id === id)
  const { data } = useQuery({
    queryKey: ['conversation', id],
    queryFn: () => good(api.GET('/conversations/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null && recent.isSuccess && pinned.isSuccess && !listed,
  })
  return id === null ? undefined : (listed ?? data)
}

export async function change(id: number, body: { title?: string; pinned?: boolean; archived?: boolean }): Promise<void> {
  const changed = await good(api.PATCH('/conversations/{id}', { params: { path: { id } }, body }))
  queries.setQueryData(['conversation', id], changed)
  forEachShelf((shelf, pages) => {
    const isHere = pages.pages.some((page) => page.conversations.some((each) => each.id === id))
    const wanted: { archived?: boolean; pinned?: boolean } = WANTED[shelf]
    const belongs = (wanted.archived ?? changed.archived) === changed.archived && (wanted.pinned ?? changed.pinned) === changed.pinned
    return placed(pages, changed, shelf === 'found' ? isHere : belongs)
  })
}

/** It is not there any more. */
export const takeOut = (id: number): void => forEachShelf((_, pages) => placed(pages, { id } as Conversation, false))

let later: ReturnType<typeof setTimeout> | undefined

/** Bring the newest, of which one may be new and one titled. A new one's title may come a little later. */
export function refreshConversations(): void {
  void bringNewest().then((newest) => {
    clearTimeout(later)
    const isYoung = newest && Date.now() - Date.parse(newest.created_at) < YOUNG_MS
    if (isYoung) later = setTimeout(() => void bringNewest(), TITLED_LATER_MS)
  })
}

/** After something that may have changed any of them. */
export const reloadConversations = (): Promise<void> => queries.resetQueries({ queryKey: [CONVERSATIONS] })

async function bringNewest(): Promise<Conversation | undefined> {
  const fresh = await pageOf('recent', '', null).catch(() => null) // the next time, then
  if (!fresh) return undefined
  queries.setQueryData<Pages>(keyOf('recent'), (data) => {
    if (!data) return data
    const [first, ...rest] = data.pages
    return { ...data, pages: [first ? refreshed(first, fresh) : fresh, ...rest] }
  })
  return fresh.conversations[0]
}

/** The page with what is newest, whatever it has below that. */
function refreshed(page: Page, fresh: Page): Page {
  const lowest = fresh.next === null ? 0 : (fresh.conversations.at(-1)?.id ?? 0)
  const below = page.conversations.filter(({ id }) => id < lowest)
  return { conversations: [...fresh.conversations, ...below], next: below.length ? page.next : fresh.next }
}

async function pageOf(shelf: Shelf, q: string, before: number | null): Promise<Page> {
  const query = { limit: PAGE, ...WANTED[shelf], ...(q && { q }), ...(before !== null && { before }) }
  const { data, response } = await goodAnswer(api.GET('/conversations', { params: { query } }))
  return { conversations: data, next: response.headers.has('Link') ? (data.at(-1)?.id ?? null) : null }
}

function forEachShelf(change: (shelf: Shelf, pages: Pages) => Pages): void {
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: [CONVERSATIONS] }))
    if (pages) queries.setQueryData(key, change(key[1] as Shelf, pages))
}

/** Without what it was before, and with what it is now, by its id, if it belongs there and the place is loaded. */
function placed(data: Pages, changed: Conversation, belongs: boolean): Pages {
  let isMissing = belongs
  const pages = data.pages.map((page) => {
    const others = page.conversations.filter(({ id }) => id !== changed.id)
    const at = others.findIndex(({ id }) => id < changed.id)
    if (!isMissing || (at < 0 && page.next !== null)) return { ...page, conversations: others }
    isMissing = false
    return { ...page, conversations: others.toSpliced(at < 0 ? others.length : at, 0, changed) }
  })
  return { ...data, pages }
}
