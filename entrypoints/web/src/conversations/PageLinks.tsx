import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, good } from '../lib/api/client'
import { useText } from '../lib/i18n/language'
import { Link } from '../lib/router'
import { AdminIcon, DocumentIcon, FlowIcon } from '../ui/icons'
import './page-links.css'

/** The ways to the pages that are no conversations. */
export function PageLinks({ onChoose }: { onChoose: () => void }) {
  const t = useText()
  const { data: me } = useQuery({ queryKey: ['me'], queryFn: () => good(api.GET('/me')), staleTime: Infinity })
  const link = (to: string, name: string, icon: ReactNode) => (
    <Link to={to} className="page-link" onClick={onChoose}>
      {icon}
      {name}
    </Link>
  )
  return (
    <nav className="page-links" aria-label={t.pages}>
      {link('/library', t.documents, <DocumentIcon />)}
      {link('/flows', t.workflows, <FlowIcon />)}
      {me?.is_admin && link('/admin', t.administration, <AdminIcon />)}
    </nav>
  )
}
