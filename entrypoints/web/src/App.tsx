import { lazy, Suspense, useEffect, useState } from 'react'
import { newThread, threadOf } from './chat/thread/threads'
import { ChatPage } from './chat/view/ChatPage'
import { resumeDeletions } from './conversations/deletions'
import { useConversation } from './conversations/shelves'
import { Sidebar } from './conversations/Sidebar'
import { useKeyboard } from './keyboard/useKeyboard'
import { useText } from './lib/i18n/language'
import { Link, navigate, type Route, useRoute } from './lib/router'
import { OtherPage } from './OtherPage'
import { IconButton } from './ui/Button'
import { Dialog } from './ui/Dialog'
import { MenuIcon, NewIcon } from './ui/icons'
import { StatusRegion } from './ui/Status'
import './app.css'

const Settings = lazy(() => import('./settings/Settings'))
const ShortcutSheet = lazy(() => import('./keyboard/ShortcutSheet'))

export function App() {
  const t = useText()
  const route = useRoute()
  const [isMenuOpen, setMenuOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [isSettingsOpen, setSettingsOpen] = useState(route.page === 'settings')
  const shown = route.page === 'conversation' ? route.id : null
  const title = useTitle(shown)
  useEffect(resumeDeletions, [])
  const openSettings = () => {
    setMenuOpen(false)
    setSettingsOpen(true)
  }
  const closeSettings = () => {
    setSettingsOpen(false)
    if (route.page === 'settings') navigate('/', { replace: true })
  }
  const openHelp = () => {
    setMenuOpen(false)
    setHelpOpen(true)
  }
  useKeyboard(shown, { openMenu: () => setMenuOpen(true), openHelp })
  const side = <Sidebar shown={shown} onSettings={openSettings} onHelp={openHelp} onChoose={() => setMenuOpen(false)} />
  return (
    <div className="app">
      <aside className="side">{side}</aside>
      <header className="top">
        <IconButton label={t.openMenu} onClick={() => setMenuOpen(true)}>
          <MenuIcon />
        </IconButton>
        <span className="top-title">{title}</span>
        <Link to="/" className="icon-button" aria-label={t.newChat} title={t.newChat}>
          <NewIcon />
        </Link>
      </header>
      <Shown route={route} />
      <Dialog title={t.conversations} look="side" isOpen={isMenuOpen} onClose={() => setMenuOpen(false)}>
        {side}
      </Dialog>
      <Dialog title={t.settings} isOpen={isSettingsOpen} onClose={closeSettings}>
        <Suspense>
          <Settings />
        </Suspense>
      </Dialog>
      <Dialog title={t.shortcuts} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)}>
        <Suspense>
          <ShortcutSheet />
        </Suspense>
      </Dialog>
      <StatusRegion />
    </div>
  )
}

function Shown({ route }: { route: Route }) {
  if (route.page !== 'new' && route.page !== 'conversation' && route.page !== 'settings') return <OtherPage route={route} />
  const thread = route.page === 'conversation' ? threadOf(route.id) : newThread()
  return <ChatPage key={thread.serial} thread={thread} />
}

/** The title of the conversation that is shown, which is the document's too. */
function useTitle(shown: number | null): string {
  const t = useText()
  const title = useConversation(shown)?.title ?? ''
  useEffect(() => {
    document.title = title ? `${title} · ${t.appName}` : t.appName
  }, [title, t])
  return title || t.appName
}
