import createClient from 'openapi-fetch'
import { problemOf, unreachable } from './problem'
import type { components, paths } from './schema'
import { authorisedFetch } from './session'

/** Every request to the server goes through here; its types are made from the server's own OpenAPI document. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorisedFetch })

export type Schemas = components['schemas']
export type Conversation = Schemas['ConversationOut']
export type Message = Schemas['MessageOut']
export type Part = Message['parts'][number]
export type Run = Schemas['RunOut']
export type Source = Schemas['SourceOut']
export type Approval = Schemas['ApprovalOut']
export type Fork = Schemas['ForkOut']
export type Model = paths['/models']['get']['responses'][200]['content']['application/json']['models'][number]

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The body of a good answer. Throw Problem for any other, and for none. */
export async function good<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await goodAnswer(asked)).data
}

/** The same, with the response for who reads its headers. */
export async function goodAnswer<T>(asked: Promise<Answer<T>>): Promise<{ data: NonNullable<T>; response: Response }> {
  let answer: Answer<T>
  try {
    answer = await asked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return { data: answer.data as NonNullable<T>, response: answer.response }
}

/** A name for one wish of a person, so that sending it again never does it twice. */
export function onceKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
