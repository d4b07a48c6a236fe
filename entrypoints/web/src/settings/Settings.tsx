import { usePhase } from '../lib/api/session'
import { Account } from './Account'
import { ApiKeys } from './ApiKeys'
import { Appearance } from './Appearance'
import { Archive } from './Archive'
import { Consumption } from './Consumption'
import './settings.css'

/** How the page looks in this browser, and, where one signs in, one's account. */
export default function Settings() {
  const isSignedIn = usePhase() === 'in'
  return (
    <div className="settings">
      <Appearance />
      {isSignedIn && <Account />}
      {isSignedIn && <ApiKeys />}
      <Consumption />
      <Archive />
    </div>
  )
}
