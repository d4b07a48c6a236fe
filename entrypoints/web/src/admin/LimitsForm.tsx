import { type FormEvent, useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { announce } from '../ui/Status'
import { WORDS } from './words'

/** A user's own limits, given as a whole. */
export function LimitsForm({ user, onDone }: { user: number; onDone: () => void }) {
  const w = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const path = { id: user }
  const done = (asked: Promise<unknown>) =>
    asked.then(
      () => {
        announce(w.saved)
        onDone()
      },
      (error: unknown) => setProblem(asProblem(error).message),
    )
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const body = Object.fromEntries([...given].filter(([, value]) => value !== '').map(([name, value]) => [name, Number(value)]))
    void done(accepted(api.PUT('/admin/users/{id}/limits', { params: { path }, body })))
  }
  return (
    <form className="admin-form" onSubmit={save}>
      <p className="page-hint">{w.limitsHint}</p>
      {Object.entries(w.fields).map(([name, label]) => (
        <label key={name}>
          {label}
          <input name={name} type="number" min="0" step={name.startsWith('cost') ? 'any' : '1'} inputMode="decimal" />
        </label>
      ))}
      {problem && <Notice>{problem}</Notice>}
      <div className="dialog-buttons">
        <Button look="quiet" onClick={() => void done(accepted(api.DELETE('/admin/users/{id}/limits', { params: { path } })))}>
          {w.asServer}
        </Button>
        <Button look="strong" type="submit">
          {w.save}
        </Button>
      </div>
    </form>
  )
}

/** An answer without a body. */
const accepted = (asked: Promise<{ response: Response; error?: unknown }>): Promise<unknown> =>
  good(asked.then((answer) => ({ ...answer, data: true })))
