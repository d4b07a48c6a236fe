import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Virtualizer } from 'virtua'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { ConversationRow } from './ConversationRow'
import { useDeletions } from './deletions'
import { type Shelf, useShelf } from './shelves'
import './conversations.css'

const NEAR_PX = 800

interface ListProps {
  shelf: Exclude<Shelf, 'pinned'>
  /** The words that are looked for, with the shelf `found`. */
  query: string
  shown: number | null
  onChoose: () => void
}

/** The conversations of a shelf, newest first, the pinned before all others; more are brought as one scrolls. */
export function ConversationList({ shelf, query, shown, onChoose }: ListProps) {
  const t = useText()
  const list = useShelf(shelf, query)
  const pinned = useShelf('pinned')
  const deleted = useDeletions().map(({ id }) => id)
  const scroller = useRef<HTMLElement>(null)
  const [problem, setProblem] = useState('')

  const bringMore = () => {
    const s = scroller.current
    const isNear = s && s.scrollHeight - s.scrollTop - s.clientHeight < NEAR_PX
    for (const each of shelf === 'recent' ? [pinned, list] : [list])
      if (isNear && each.hasNextPage && !each.isFetchingNextPage && !each.error) void each.fetchNextPage()
  }
  useEffect(bringMore)

  const onProblem = (error: unknown) => setProblem(asProblem(error).message)
  const rows = (conversations: NonNullable<typeof list.data>) =>
    conversations
      .filter(({ id }) => !deleted.includes(id))
      .map((each) => (
        <ConversationRow key={each.id} conversation={each} isShown={each.id === shown} onChoose={onChoose} onProblem={onProblem} />
      ))
  const first = shelf === 'recent' ? rows(pinned.data ?? []) : []
  const rest = rows(list.data ?? [])
  const empty = { recent: t.noConversations, archived: t.noArchived, found: t.nothingFound }[shelf]
  const name = { recent: t.recentConversations, archived: t.archivedConversations, found: t.foundConversations }[shelf]
  return (
    <nav ref={scroller} className="conversations" aria-label={t.conversations} onScroll={bringMore}>
      {list.isPending && (
        <p className="conversations-note" role="status">
          {t.loadingConversations}
        </p>
      )}
      {problem && <Notice action={<Button onClick={() => setProblem('')}>{t.close}</Button>}>{problem}</Notice>}
      {list.error && (
        <Notice action={<Button onClick={() => void list.refetch()}>{t.tryAgain}</Button>}>
          {t.conversationsFailed} {asProblem(list.error).message}
        </Notice>
      )}
      {list.data && !first.length && !rest.length && (
        <p className="conversations-note" role={shelf === 'found' ? 'status' : undefined}>
          {empty}
        </p>
      )}
      <Virtualizer scrollRef={scroller} itemSize={38}>
        {first.length > 0 && <Heading key="pinned">{t.pinnedConversations}</Heading>}
        {first}
        {rest.length > 0 && (first.length > 0 || shelf !== 'recent') && <Heading key="rest">{name}</Heading>}
        {rest}
      </Virtualizer>
    </nav>
  )
}

const Heading = ({ children }: { children: ReactNode }) => <h2 className="conversations-heading">{children}</h2>
