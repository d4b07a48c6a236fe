import { useSyncExternalStore } from 'react'
import { cleared } from '../storage'
import type { components } from './schema'

/**
 * Who is asking. Without logins (PARLEY_AUTH=local) the page is `free` and attaches nothing. With them an access token
 * lives in memory alone, and a cookie that no script can read gives the next one. Once that is over too, whatever asks
 * waits, and goes on as soon as somebody has signed in again.
 */
export type Phase = 'starting' | 'free' | 'in' | 'out' | 'expired'
export type Methods = components['schemas']['MethodsOut']
type AccessToken = components['schemas']['AccessTokenOut']

const EARLY = 0.8 // of the life of a token: the next one is there before a request is refused
const SESSION = '/auth/session'

let phase: Phase = 'starting'
let methods: Methods | null = null
let token: string | null = null
let renewing: Promise<boolean> | null = null
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

export const usePhase = (): Phase => useSyncExternalStore(subscribe, () => phase)

/** What there is to sign in with; null where it could not be learnt. */
export const signInMethods = (): Methods | null => methods

/** Before the first render: whether one has to sign in here, and whether one has. */
export async function beginSession(): Promise<void> {
  const asked = await fetch('/auth/methods').catch(() => null)
  methods = asked?.ok ? ((await asked.json()) as Methods) : null
  if (!methods?.login) return enter('free')
  if (!(await renewed().catch(() => false))) enter('out')
}

export function signedIn(given: AccessToken): void {
  token = given.access_token
  if (methods) methods = { ...methods, setup: false } // there is a user now
  clearTimeout(timer)
  timer = setTimeout(() => void renewed().catch(() => {}), given.expires_in * EARLY * 1000)
  enter('in')
}

/** The login ends, what was written and not sent is forgotten, and the page begins anew. */
export async function signOut(): Promise<void> {
  await fetch(SESSION, { method: 'DELETE' })
  cleared('draft.')
  location.assign('/')
}

/** `fetch` with the access token. A 401 renews it, once for all requests that wait, or waits for a sign-in; then it is
 * tried again. Throws what `fetch` throws. */
export async function authorisedFetch(input: Request): Promise<Response> {
  const again = input.clone()
  const response = await fetch(carrying(input))
  if (response.status !== 401) return response
  if (phase === 'free') await beginSession() // it was not reached before, or does want logins now
  else if (!(await renewed())) enter(phase === 'out' ? 'out' : 'expired')
  if (phase === 'free') return response
  if (phase !== 'in') await entered(again.signal)
  return fetch(carrying(again))
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

/** Whether there is a new token. Throws when the server was not reached, which says nothing about who is signed in. */
function renewed(): Promise<boolean> {
  renewing ??= renew().finally(() => (renewing = null))
  return renewing
}

async function renew(): Promise<boolean> {
  const response = await fetch(`${SESSION}/refresh`, { method: 'POST' })
  if (response.status >= 500) throw new TypeError('the server is not well')
  if (response.ok) signedIn((await response.json()) as AccessToken)
  else token = null
  return response.ok
}

function enter(next: Phase): void {
  phase = next
  for (const listener of listeners) listener()
}

function entered(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = subscribe(() => phase === 'in' && done())
    const done = () => {
      stop()
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    signal.addEventListener('abort', done)
  })
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
