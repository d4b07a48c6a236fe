import { api } from '../lib/api/client'
import { type Problem, problemOf, unreachable } from '../lib/api/problem'
import { authorisation } from '../lib/api/session'
import type { Document } from './documents'

/** Uploaded: `isKnown` when the server had the same bytes already. */
export interface Sent {
  document: Document
  isKnown: boolean
}

/**
 * Upload a file; `progressed` hears how much of it is on its way, from 0 to 1. Throw Problem, or AbortError. (By
 * XMLHttpRequest: fetch does not say how far an upload is.)
 */
export async function sendFile(file: File, progressed: (share: number) => void, signal: AbortSignal): Promise<Sent> {
  const first = await posted(file, progressed, signal)
  if (first.status !== 401) return first.sent()
  await api.GET('/me', { signal }) // renews the access token, or asks for a sign-in
  return (await posted(file, progressed, signal)).sent()
}

interface Answer {
  status: number
  sent(): Sent
}

function posted(file: File, progressed: (share: number) => void, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const cut = () => request.abort()
    request.open('POST', '/documents')
    const token = authorisation()
    if (token) request.setRequestHeader('Authorization', token)
    request.responseType = 'json'
    request.upload.onprogress = (event) => progressed(event.total ? event.loaded / event.total : 0)
    request.onload = () => resolve(answerOf(request.status, request.response))
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(signal.reason)
    request.onloadend = () => signal.removeEventListener('abort', cut)
    signal.addEventListener('abort', cut)
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}

function answerOf(status: number, body: unknown): Answer {
  const refusal = (): Problem => problemOf(status, body)
  const sent = () => {
    if (status !== 200 && status !== 202) throw refusal()
    return { document: body as Document, isKnown: status === 200 }
  }
  return { status, sent }
}
