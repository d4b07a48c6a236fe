import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { signOut } from '../lib/api/session'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { announce } from '../ui/Status'
import { Section } from './Section'
import { WORDS } from './words'

/** Who is signed in, the way out, and another password. */
export function Account() {
  const s = useWords(WORDS)
  const { data: me } = useQuery({ queryKey: ['me'], queryFn: () => good(api.GET('/me')) })
  const [isChanging, setChanging] = useState(false)
  const [problem, setProblem] = useState('')
  const fail = (error: unknown) => setProblem(asProblem(error).message)
  return (
    <Section title={s.account}>
      <p className="settings-line">
        <span>{me?.user?.username}</span>
        <Button onClick={() => void signOut().catch(fail)}>{s.signOut}</Button>
      </p>
      {problem && <Notice>{problem}</Notice>}
      {isChanging ? (
        <PasswordForm username={me?.user?.username ?? ''} onDone={() => setChanging(false)} />
      ) : (
        <Button onClick={() => setChanging(true)}>{s.changePassword}</Button>
      )}
    </Section>
  )
}

function PasswordForm({ username, onDone }: { username: string; onDone: () => void }) {
  const t = useText()
  const s = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = { current_password: String(form.get('current')), new_password: String(form.get('new')) }
    try {
      await good(api.POST('/me/password', { body }))
    } catch (error) {
      return setProblem(asProblem(error).message)
    }
    announce(s.passwordChanged)
    onDone()
  }
  return (
    <form className="settings-form" onSubmit={(event) => void submit(event)}>
      <input type="hidden" name="username" autoComplete="username" value={username} />
      <Field label={s.currentPassword} name="current" type="password" autoComplete="current-password" required autoFocus />
      <Field label={s.newPassword} name="new" type="password" autoComplete="new-password" minLength={10} required hint={t.passwordHint} />
      {problem && <Notice>{problem}</Notice>}
      <div className="settings-buttons">
        <Button look="quiet" onClick={onDone}>
          {t.cancel}
        </Button>
        <Button look="strong" type="submit">
          {s.changePassword}
        </Button>
      </div>
    </form>
  )
}
