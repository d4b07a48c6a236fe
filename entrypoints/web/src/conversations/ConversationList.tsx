import { useEffect, useRef } from 'react'
import { Virtualizer } from 'virtua'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { useConversations } from '../lib/queries'
import { Link } from '../lib/router'
import { Button } from '../ui/Button'
import './conversations.css'

const NEAR_PX = 800

/** Every conversation, newest first; more are brought as one scrolls. */
export function ConversationList({ shown, onChoose }: { shown: number | null; onChoose: () => void }) {
  const t = useText()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useConversations()
  const scroller = useRef<HTMLDivElement>(null)
  const conversations = data?.pages.flatMap((page) => page.conversations) ?? []

  const bringMore = () => {
    const s = scroller.current
    const isNear = s && s.scrollHeight - s.scrollTop - s.clientHeight < NEAR_PX
    if (isNear && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }
  useEffect(bringMore)

  return (
    <nav ref={scroller} className="conversations" aria-label={t.conversations} onScroll={bringMore}>
      {isPending && (
        <p className="conversations-note" role="status">
          {t.loadingConversations}
        </p>
      )}
      {error && (
        <div className="conversations-note" role="alert">
          <p>
            {t.conversationsFailed} {asProblem(error).message}
          </p>
          <Button onClick={() => void refetch()}>{t.tryAgain}</Button>
        </div>
      )}
      {data && conversations.length === 0 && <p className="conversations-note">{t.noConversations}</p>}
      <Virtualizer scrollRef={scroller} itemSize={38}>
        {conversations.map(({ id, title }) => (
          <Link key={id} to={`/c/${id}`} className="conversation" aria-current={id === shown ? 'page' : undefined} onClick={onChoose}>
            <bdi>{title || t.untitled}</bdi>
          </Link>
        ))}
      </Virtualizer>
    </nav>
  )
}
