import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, good, type Schemas } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { moment } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { queries } from '../lib/queries'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Notice } from '../ui/Notice'
import { LimitsForm } from './LimitsForm'
import { Section } from './Section'
import { Table } from './Table'
import { WORDS } from './words'

type User = Schemas['UserOut']

const USERS = ['admin', 'users']
const MOST = 200

export function Users() {
  const w = useWords(WORDS)
  const [after, setAfter] = useState<number | undefined>()
  const query = { limit: MOST, ...(after !== undefined && { after }) }
  const { data, error } = useQuery({ queryKey: [...USERS, after], queryFn: () => good(api.GET('/admin/users', { params: { query } })) })
  const [limited, setLimited] = useState<User | null>(null)
  const [problem, setProblem] = useState('')
  const change = async (user: User, body: { enabled?: boolean; is_admin?: boolean }) => {
    try {
      await good(api.PATCH('/admin/users/{id}', { params: { path: { id: user.id } }, body }))
      setProblem('')
    } catch (error) {
      setProblem(asProblem(error).message)
    }
    await queries.invalidateQueries({ queryKey: USERS })
  }
  const action = (user: User, name: string, act: () => void) => (
    <Button look="quiet" aria-label={w.ofUser(name, user.username)} onClick={act}>
      {name}
    </Button>
  )
  const row = (user: User) => ({
    key: user.id,
    cells: [
      user.username,
      moment(user.created_at),
      [user.enabled ? w.enabled : w.disabled, ...(user.is_admin ? [w.admin] : [])].join(', '),
      <span className="admin-actions">
        {action(user, user.enabled ? w.disable : w.enable, () => void change(user, { enabled: !user.enabled }))}
        {action(user, user.is_admin ? w.takeAdmin : w.makeAdmin, () => void change(user, { is_admin: !user.is_admin }))}
        {action(user, w.limits, () => setLimited(user))}
      </span>,
    ],
  })
  return (
    <Section title={w.users} error={error}>
      {problem && <Notice>{problem}</Notice>}
      {data?.length === 0 && after === undefined && <p className="page-none">{w.noUsers}</p>}
      {data && data.length > 0 && <Table label={w.users} heads={[w.name, w.since, w.state, '']} rows={data.map(row)} />}
      {data?.length === MOST && <Button onClick={() => setAfter(data.at(-1)?.id)}>{w.more}</Button>}
      <Dialog title={limited ? w.limitsOf(limited.username) : w.limits} isOpen={limited !== null} onClose={() => setLimited(null)}>
        {limited && <LimitsForm user={limited.id} onDone={() => setLimited(null)} />}
      </Dialog>
    </Section>
  )
}
