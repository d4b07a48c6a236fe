import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, good, type Schemas } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { day } from '../lib/i18n/numbers'
import { queries } from '../lib/queries'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { CopyButton } from '../ui/CopyButton'
import { Field } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { Section } from './Section'
import { WORDS } from './words'

const KEYS = ['api-keys']
const SCOPES = ['read', 'chat', 'documents'] as const
const MOST = 100

/** The keys that programs of one's own use. */
export function ApiKeys() {
  const s = useWords(WORDS)
  const { data = [] } = useQuery({ queryKey: KEYS, queryFn: () => good(api.GET('/api-keys', { params: { query: { limit: MOST } } })) })
  const [made, setMade] = useState<Schemas['NewKeyOut'] | null>(null)
  const [problem, setProblem] = useState('')
  const revoke = (id: number) => {
    good(api.DELETE('/api-keys/{id}', { params: { path: { id } } }))
      .catch((error: unknown) => setProblem(asProblem(error).message))
      .finally(() => void queries.invalidateQueries({ queryKey: KEYS }))
    if (made?.id === id) setMade(null)
  }
  return (
    <Section title={s.apiKeys}>
      <ul className="settings-list">
        {data
          .filter((key) => key.revoked_at === null)
          .map((key) => (
            <KeyLine key={key.id} apiKey={key} onRevoke={() => revoke(key.id)} />
          ))}
      </ul>
      {made && (
        <div className="settings-secret" role="status">
          <p>{s.keyShownOnce}</p>
          <p className="settings-line">
            <code>{made.key}</code>
            <CopyButton label={s.copyKey} content={() => made.key} />
          </p>
        </div>
      )}
      {problem && <Notice>{problem}</Notice>}
      <NewKey onMade={setMade} />
    </Section>
  )
}

function KeyLine({ apiKey, onRevoke }: { apiKey: Schemas['KeyOut']; onRevoke: () => void }) {
  const s = useWords(WORDS)
  return (
    <li className="settings-line">
      <span>
        <b>{apiKey.name}</b> <code>{apiKey.prefix}…</code>
        <small>
          {apiKey.scopes.map((scope) => s.scopes[scope]).join(', ')} · {day(apiKey.created_at)}
        </small>
      </span>
      <Button aria-label={s.revokeKey(apiKey.name)} onClick={onRevoke}>
        {s.revoke}
      </Button>
    </li>
  )
}

function NewKey({ onMade }: { onMade: (key: Schemas['NewKeyOut']) => void }) {
  const s = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const scopes = SCOPES.filter((scope) => given.has(scope))
    try {
      onMade(await good(api.POST('/api-keys', { body: { name: String(given.get('name')), scopes } })))
    } catch (error) {
      return setProblem(asProblem(error).message)
    }
    setProblem('')
    form.reset()
    void queries.invalidateQueries({ queryKey: KEYS })
  }
  return (
    <form className="settings-form" onSubmit={(event) => void submit(event)}>
      <Field label={s.keyName} name="name" autoComplete="off" required maxLength={100} />
      <fieldset>
        <legend>{s.keyScopes}</legend>
        {SCOPES.map((scope) => (
          <label key={scope}>
            <input type="checkbox" name={scope} defaultChecked />
            {s.scopes[scope]}
          </label>
        ))}
      </fieldset>
      {problem && <Notice>{problem}</Notice>}
      <Button type="submit">{s.createKey}</Button>
    </form>
  )
}
