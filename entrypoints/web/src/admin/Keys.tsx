import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { moment } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { queries } from '../lib/queries'
import { Button } from '../ui/Button'
import { CopyButton } from '../ui/CopyButton'
import { Notice } from '../ui/Notice'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

const KEYS = ['keys']

export function Keys() {
  const t = useText()
  const w = useWords(WORDS)
  const { data, error } = useQuery({ queryKey: KEYS, queryFn: () => good(api.GET('/api-keys')), retry: false })
  const [made, setMade] = useState('')
  const [problem, setProblem] = useState('')
  const act = async (asked: Promise<unknown>) => {
    setProblem('')
    await asked.catch((error: unknown) => setProblem(asProblem(error).message))
    await queries.invalidateQueries({ queryKey: KEYS })
  }
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    if (!name) return
    event.currentTarget.reset()
    void act(good(api.POST('/api-keys', { body: { name, scopes: ['read', 'chat', 'documents'] } })).then(({ key }) => setMade(key)))
  }
  const revoke = (id: number) => act(api.DELETE('/api-keys/{id}', { params: { path: { id } } }))
  if (error) return <Section title={w.keys}><p className="page-none">{w.noKeys}</p></Section>
  return (
    <Section title={w.keys}>
      <form className="admin-actions" onSubmit={make}>
        <input name="name" aria-label={w.keyName} placeholder={w.keyName} maxLength={100} required />
        <Button type="submit">{w.makeKey}</Button>
      </form>
      {made && (
        <p className="admin-secret" role="status">
          {w.newKey} <code>{made}</code> <CopyButton label={t.copy} content={() => made} />
        </p>
      )}
      {problem && <Notice>{problem}</Notice>}
      {data && data.length > 0 && (
        <Table
          label={w.keys}
          heads={[w.name, w.since, w.state, '']}
          rows={data.map((key) => ({
            key: key.id,
            cells: [
              `${key.name} (${key.prefix}…)`,
              moment(key.created_at),
              key.revoked_at ? w.revoked : key.scopes.join(', '),
              key.revoked_at ? '' : (
                <Button look="quiet" aria-label={w.ofUser(w.revoke, key.name)} onClick={() => void revoke(key.id)}>
                  {w.revoke}
                </Button>
              ),
            ],
          }))}
        />
      )}
    </Section>
  )
}
