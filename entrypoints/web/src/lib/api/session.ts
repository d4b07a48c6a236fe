/**
 * Who is asking. Without logins (PARLEY_AUTH=local) there is no token and nothing is attached. With logins, whoever
 * signs in hands over a way to renew the access token, which itself lives in memory alone.
 */
type Renew = () => Promise<string | null>

let token: string | null = null
let renew: Renew | null = null
let renewing: Promise<string | null> | null = null
const signedOut = new Set<() => void>()

export function signIn(first: string, how: Renew): void {
  token = first
  renew = how
}

export function signOut(): void {
  token = renew = null
  for (const listener of signedOut) listener()
}

/** Hear of it when a sign-in is needed. */
export function whenSignedOut(listener: () => void): () => void {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

/** `fetch` with the access token. A 401 renews it, once for all requests that wait, and is tried again. */
export async function authorisedFetch(input: Request): Promise<Response> {
  const again = renew ? input.clone() : null
  const response = await fetch(carrying(input))
  if (response.status !== 401) return response
  if (again && (await renewed())) return fetch(carrying(again))
  signOut()
  return response
}

/** A request whose answer nobody waits for, because the page is being left. */
export function sendLeaving(method: string, path: string): void {
  void fetch(carrying(new Request(path, { method, keepalive: true }))).catch(() => {})
}

/** What a request has to carry that does not go through here. */
export const authorisation = (): string | null => (token ? `Bearer ${token}` : null)

function carrying(request: Request): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

async function renewed(): Promise<boolean> {
  renewing ??= (renew?.() ?? Promise.resolve(null)).finally(() => {
    renewing = null
  })
  token = await renewing
  return token !== null
}
