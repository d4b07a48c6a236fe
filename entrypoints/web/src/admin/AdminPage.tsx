import { useText } from '../lib/i18n/language'
import { Audit } from './Audit'
import { Health } from './Health'
import { Invitations } from './Invitations'
import { Keys } from './Keys'
import { OwnLimits } from './OwnLimits'
import { Runs } from './Runs'
import { Usage } from './Usage'
import { Users } from './Users'
import '../ui/page.css'
import './admin.css'

/** What admins look after. */
export default function AdminPage() {
  const t = useText()
  return (
    <main className="page">
      <div className="page-body admin">
        <h1>{t.administration}</h1>
        <Health />
        <Runs />
        <Usage />
        <Users />
        <Invitations />
        <Keys />
        <OwnLimits />
        <Audit />
      </div>
    </main>
  )
}
