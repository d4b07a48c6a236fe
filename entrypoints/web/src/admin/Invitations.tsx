import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { moment } from '../lib/i18n/numbers'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { queries } from '../lib/queries'
import { Button } from '../ui/Button'
import { CopyButton } from '../ui/CopyButton'
import { Notice } from '../ui/Notice'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

const INVITATIONS = ['admin', 'invitations']

export function Invitations() {
  const t = useText()
  const w = useWords(WORDS)
  const { data, error } = useQuery({ queryKey: INVITATIONS, queryFn: () => good(api.GET('/admin/invitations')) })
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState('')
  const act = async (asked: Promise<unknown>) => {
    setProblem('')
    await asked.catch((error: unknown) => setProblem(asProblem(error).message))
    await queries.invalidateQueries({ queryKey: INVITATIONS })
  }
  const invite = (is_admin: boolean) =>
    act(good(api.POST('/admin/invitations', { body: { is_admin, expires_in_seconds: 604_800 } })).then((made) => setCode(made.invitation)))
  const takeBack = (id: number) => act(api.DELETE('/admin/invitations/{id}', { params: { path: { id } } }))
  return (
    <Section title={w.invitations} error={error}>
      <div className="admin-actions">
        <Button onClick={() => void invite(false)}>{w.invite}</Button>
        <Button look="quiet" onClick={() => void invite(true)}>
          {w.inviteAdmin}
        </Button>
      </div>
      {code && (
        <p className="admin-secret" role="status">
          {w.code} <code>{code}</code> <CopyButton label={t.copy} content={() => code} />
        </p>
      )}
      {problem && <Notice>{problem}</Notice>}
      {data && data.length > 0 && (
        <Table
          label={w.invitations}
          heads={['#', w.state, w.until, w.usedBy, '']}
          rows={data.map((each) => ({
            key: each.id,
            cells: [
              each.id,
              each.is_admin ? w.admin : '',
              moment(each.expires_at),
              each.used_by ?? w.unused,
              <Button look="quiet" aria-label={w.ofUser(w.takeBack, String(each.id))} onClick={() => void takeBack(each.id)}>
                {w.takeBack}
              </Button>,
            ],
          }))}
        />
      )}
    </Section>
  )
}
