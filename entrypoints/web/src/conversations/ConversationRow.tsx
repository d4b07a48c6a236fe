import { type MouseEvent, useRef, useState } from 'react'
import type { Conversation } from '../lib/api/client'
import { useText } from '../lib/i18n/language'
import { Link, navigate } from '../lib/router'
import { MoreIcon } from '../ui/icons'
import { Menu } from '../ui/Menu'
import { deleteLater } from './deletions'
import { RenameForm } from './RenameForm'
import { change } from './shelves'

interface RowProps {
  conversation: Conversation
  isShown: boolean
  onChoose: () => void
  onProblem: (error: unknown) => void
}

/** A conversation in the list, and what can be done with it. */
export function ConversationRow({ conversation, isShown, onChoose, onProblem }: RowProps) {
  const t = useText()
  const { id, pinned, archived } = conversation
  const title = conversation.title || t.untitled
  const row = useRef<HTMLDivElement>(null)
  const [isRenamed, setRenamed] = useState(false)

  const endRename = (to: string | null) => {
    setRenamed(false)
    requestAnimationFrame(() => row.current?.querySelector('a')?.focus())
    if (to) change(id, { title: to }).catch(onProblem)
  }
  /** The row goes from where it is: what had its focus hands it to a neighbour. */
  const leaving = (what: () => void) => () => {
    const links = [...(row.current?.closest('nav')?.querySelectorAll<HTMLElement>('.conversation') ?? [])]
    const at = links.findIndex((link) => row.current?.contains(link))
    ;(links[at + 1] ?? links[at - 1])?.focus()
    what()
  }
  const remove = () => {
    deleteLater(conversation)
    if (isShown) navigate('/', { replace: true })
  }
  const put = (where: { pinned?: boolean; archived?: boolean }) => leaving(() => void change(id, where).catch(onProblem))

  const save = (kind: 'markdown' | 'json') => {
    import('../archive/download').then(({ download }) => download(id, title, kind)).catch(onProblem)
  }

  if (isRenamed) return <RenameForm title={conversation.title} onEnd={endRename} />
  return (
    <div ref={row} className="conversation-row" onContextMenu={openMenu}>
      <Link to={`/c/${id}`} className="conversation" aria-current={isShown ? 'page' : undefined} onClick={onChoose} title={title}>
        <bdi>{title}</bdi>
      </Link>
      <Menu
        label={t.moreFor(title)}
        icon={<MoreIcon />}
        items={[
          { label: t.rename, onChoose: () => setRenamed(true) },
          { label: pinned ? t.unpin : t.pin, onChoose: put({ pinned: !pinned }) },
          { label: archived ? t.unarchive : t.archive, onChoose: put({ archived: !archived }) },
          { label: t.exportMarkdown, onChoose: () => save('markdown') },
          { label: t.exportJson, onChoose: () => save('json') },
          { label: t.delete, look: 'danger', onChoose: leaving(remove) },
        ]}
      />
    </div>
  )
}

function openMenu(event: MouseEvent<HTMLElement>): void {
  if ((event.target as Element).closest('[role=menu]')) return
  event.preventDefault()
  event.currentTarget.querySelector<HTMLElement>('[aria-haspopup]')?.click()
}
