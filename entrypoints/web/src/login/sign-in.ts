import createClient from 'openapi-fetch'
import { api, good } from '../lib/api/client'
import type { paths } from '../lib/api/schema'
import { signedIn } from '../lib/api/session'
import { rememberPlace } from './back-to'

/** Without a credential: a wrong password is a 401 that nobody must wait behind. */
const auth = createClient<paths>({ baseUrl: location.origin })

export interface Credentials {
  username: string
  password: string
}

/** Throw Problem: wrong, too many attempts. */
export async function signInWith(body: Credentials): Promise<void> {
  signedIn(await good(auth.POST('/auth/session', { body })))
}

export async function registerWith(body: Credentials, invitation: string): Promise<void> {
  await good(auth.POST('/auth/register', { body: invitation ? { ...body, invitation } : body }))
  await signInWith(body)
}

/** Go to the provider; it comes back to where one is. */
export async function goToProvider(invitation: string): Promise<void> {
  rememberPlace()
  if (!invitation) return location.assign('/auth/oidc/login')
  location.assign((await good(auth.POST('/auth/oidc/login', { body: { invitation } }))).url)
}

/** Whose page this is. */
export const whoAmI = async (): Promise<string> => (await good(api.GET('/me'))).user?.username ?? ''
