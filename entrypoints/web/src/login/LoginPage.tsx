import { useEffect } from 'react'
import { useText } from '../lib/i18n/language'
import { LoginForm } from './LoginForm'

/** Stands where the page would be, at any address, until somebody has signed in; then the page is there. */
export default function LoginPage() {
  const t = useText()
  const code = new URLSearchParams(location.search).get('login_error')
  useEffect(() => {
    document.title = `${t.signIn} · ${t.appName}`
    if (code) history.replaceState(null, '', location.pathname)
  }, [t, code])
  return (
    <main className="login-page">
      <h1>{t.appName}</h1>
      <LoginForm {...(code && { problem: t.loginErrors(code) })} />
    </main>
  )
}
