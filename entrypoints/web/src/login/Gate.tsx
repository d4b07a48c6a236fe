import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { usePhase } from '../lib/api/session'
import { whoAmI } from './sign-in'

const LoginPage = lazy(() => import('./LoginPage'))
const SignInAgain = lazy(() => import('./SignInAgain'))

/** The page for who may see it, and else the way in. */
export function Gate({ children }: { children: ReactNode }) {
  const phase = usePhase()
  const [username, setUsername] = useState('')
  useEffect(() => {
    if (phase === 'in') whoAmI().then(setUsername, () => {})
  }, [phase])
  if (phase === 'starting') return null
  return (
    <Suspense>
      {phase === 'out' ? <LoginPage /> : children}
      {phase === 'expired' && <SignInAgain username={username} />}
    </Suspense>
  )
}
