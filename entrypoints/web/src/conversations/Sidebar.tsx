import { useEffect, useState } from 'react'
import { useText } from '../lib/i18n/language'
import { Link } from '../lib/router'
import { IconButton } from '../ui/Button'
import { ArchiveIcon, KeyboardIcon, NewIcon, SettingsIcon } from '../ui/icons'
import { ConversationList } from './ConversationList'
import { PageLinks } from './PageLinks'
import { UndoNotes } from './UndoNotes'

interface SidebarProps {
  shown: number | null
  onSettings: () => void
  onHelp: () => void
  /** After something was chosen that shows another page. */
  onChoose: () => void
}

const WRITING_MS = 200

export function Sidebar({ shown, onSettings, onHelp, onChoose }: SidebarProps) {
  const t = useText()
  const [search, setSearch] = useState('')
  const [isArchive, setArchive] = useState(false)
  const query = useSettled(search.trim(), WRITING_MS)
  const shelf = query ? 'found' : isArchive ? 'archived' : 'recent'
  return (
    <>
      <div className="side-new">
        <Link to="/" className="button button-plain" onClick={onChoose}>
          <NewIcon />
          {t.newChat}
        </Link>
        <input
          type="search"
          className="side-search"
          aria-label={t.searchConversations}
          placeholder={t.searchConversations}
          maxLength={200}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <ConversationList key={shelf} shelf={shelf} query={query} shown={shown} onChoose={onChoose} />
      <UndoNotes />
      <PageLinks onChoose={onChoose} />
      <div className="side-foot">
        <span className="wordmark">{t.appName}</span>
        <IconButton label={isArchive ? t.showRecent : t.showArchived} aria-pressed={isArchive} onClick={() => setArchive(!isArchive)}>
          <ArchiveIcon />
        </IconButton>
        <IconButton label={t.shortcuts} className="side-help" onClick={onHelp}>
          <KeyboardIcon />
        </IconButton>
        <IconButton label={t.settings} onClick={onSettings}>
          <SettingsIcon />
        </IconButton>
      </div>
    </>
  )
}

/** The value once it has stayed the same for so long. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
