import { type FormEvent, useState } from 'react'
import { asProblem } from '../lib/api/problem'
import { signInMethods } from '../lib/api/session'
import { useText } from '../lib/i18n/language'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { goToProvider, registerWith, signInWith } from './sign-in'
import './login.css'

interface LoginFormProps {
  /** What went wrong before it was shown. */
  problem?: string
  onDone?: (username: string) => void
}

/** Sign in, or register where one may. */
export function LoginForm({ problem: first = '', onDone }: LoginFormProps) {
  const t = useText()
  const methods = signInMethods()
  const mayRegister = methods?.setup || (methods && methods.registration !== 'closed')
  const [isNew, setNew] = useState(methods?.setup ?? false)
  const [problem, setProblem] = useState(first)
  const [isBusy, setBusy] = useState(false)
  const [invitation, setInvitation] = useState('')
  const asksInvitation = isNew && (methods?.setup || methods?.registration === 'invited')

  const attempt = (what: Promise<void>, then?: () => void) => {
    setBusy(true)
    setProblem('')
    what
      .then(then)
      .catch((error: unknown) => setProblem(asProblem(error).message))
      .finally(() => setBusy(false))
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const who = { username: String(form.get('username')).trim(), password: String(form.get('password')) }
    attempt(isNew ? registerWith(who, asksInvitation ? invitation.trim() : '') : signInWith(who), () => onDone?.(who.username))
  }
  return (
    <form className="login" onSubmit={submit}>
      {methods?.setup && <p>{t.setupHint}</p>}
      <Field label={t.username} name="username" autoComplete="username" required maxLength={200} autoFocus />
      <Field
        label={t.password}
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        {...(isNew && { minLength: 10, hint: t.passwordHint })}
      />
      {asksInvitation && (
        <Field
          label={methods?.setup ? t.setupCode : t.invitation}
          name="invitation"
          autoComplete="off"
          value={invitation}
          onChange={(event) => setInvitation(event.target.value)}
        />
      )}
      {problem && <Notice>{problem}</Notice>}
      <Button look="strong" type="submit" disabled={isBusy}>
        {isNew ? t.register : t.signIn}
      </Button>
      {methods?.oidc && (
        <Button disabled={isBusy} onClick={() => attempt(goToProvider(asksInvitation ? invitation.trim() : ''))}>
          {methods.oidc.label}
        </Button>
      )}
      {mayRegister && !methods?.setup && (
        <Button look="quiet" onClick={() => setNew(!isNew)}>
          {isNew ? t.haveAccount : t.haveNoAccount}
        </Button>
      )}
    </form>
  )
}
