import { useText } from '../lib/i18n/language'
import { Link } from '../lib/router'
import { IconButton } from '../ui/Button'
import { NewIcon, SettingsIcon } from '../ui/icons'
import { ConversationList } from './ConversationList'

interface SidebarProps {
  shown: number | null
  onSettings: () => void
  /** After something was chosen that shows another page. */
  onChoose: () => void
}

export function Sidebar({ shown, onSettings, onChoose }: SidebarProps) {
  const t = useText()
  return (
    <>
      <div className="side-new">
        <Link to="/" className="button button-plain" onClick={onChoose}>
          <NewIcon />
          {t.newChat}
        </Link>
      </div>
      <ConversationList shown={shown} onChoose={onChoose} />
      <div className="side-foot">
        <span className="wordmark">{t.appName}</span>
        <IconButton label={t.settings} onClick={onSettings}>
          <SettingsIcon />
        </IconButton>
      </div>
    </>
  )
}
