import { useEffect, useRef, useState } from 'react'
import { useText } from '../lib/i18n/language'
import { Dialog } from '../ui/Dialog'
import { LoginForm } from './LoginForm'

/** Over the page, of which nothing is lost: whoever signs in again goes on where they were. */
export default function SignInAgain({ username }: { username: string }) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  const before = useRef(username)
  useEffect(() => setOpen(true), [])
  const goOn = (now: string) => {
    const isAnother = before.current !== '' && now.toLowerCase() !== before.current.toLowerCase()
    if (isAnother) location.assign('/')
  }
  return (
    <Dialog title={t.signInAgain} isOpen={isOpen}>
      <p className="login-note">{t.signInAgainHint}</p>
      <LoginForm onDone={goOn} />
    </Dialog>
  )
}
