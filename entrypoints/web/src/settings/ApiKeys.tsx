import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, good, type Schemas } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { day } from '../lib/i18n/numbers'
import { queries } from '../lib/queries'
import { Button } from '../ui/Button'
import { CopyButton } from '../ui/CopyButton'
import { Field } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { Section } from './Section'

const KEYS = ['api-keys']
const SCOPES = ['read', 'chat', 'documents'] as const
const MOST = 100

/** The keys that programs of one's own use. */
export function ApiKeys() {
  const t = useText()
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
    <Section title={t.apiKeys}>
      <ul className="settings-list">
        {data
          .filter((key) => key.revoked_at === null)
          .map((key) => (
            <KeyLine key={key.id} apiKey={key} onRevoke={() => revoke(key.id)} />
          ))}
      </ul>
      {made && (
        <div className="settings-secret" role="status">
          <p>{t.keyShownOnce}</p>
          <p className="settings-line">
            <code>{made.key}</code>
            <CopyButton label={t.copyKey} content={() => made.key} />
          </p>
        </div>
      )}
      {problem && <Notice>{problem}</Notice>}
      <NewKey onMade={setMade} />
    </Section>
  )
}

function KeyLine({ apiKey, onRevoke }: { apiKey: Schemas['KeyOut']; onRevoke: () => void }) {
  const t = useText()
  return (
    <li className="settings-line">
      <span>
        <b>{apiKey.name}</b> <code>{apiKey.prefix}…</code>
        <small>
          {apiKey.scopes.map((scope) => t.scopes[scope]).join(', ')} · {day(apiKey.created_at)}
        </small>
      </span>
      <Button aria-label={t.revokeKey(apiKey.name)} onClick={onRevoke}>
        {t.revoke}
      </Button>
    </li>
  )
}

function NewKey({ onMade }: { onMade: (key: Schemas['NewKeyOut']) => void }) {
  const t = useText()
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
      <Field label={t.keyName} name="name" autoComplete="off" required maxLength={100} />
      <fieldset>
        <legend>{t.keyScopes}</legend>
        {SCOPES.map((scope) => (
          <label key={scope}>
            <input type="checkbox" name={scope} defaultChecked />
            {t.scopes[scope]}
          </label>
        ))}
      </fieldset>
      {problem && <Notice>{problem}</Notice>}
      <Button type="submit">{t.createKey}</Button>
    </form>
  )
}
