import { text } from '../i18n/language'

/** A refusal of the server (RFC 9457 problem details), or its silence, which has the status 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
  ) {
    super(message)
  }
}

export const unreachable = (): Problem => new Problem(0, 'unreachable', text().unreachable)

/** What a body that came with an error status says, whatever it is. */
export function problemOf(status: number, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const detail = Array.isArray(said.detail) ? said.detail.map(fieldError).join('; ') : said.detail
  const message = typeof detail === 'string' && detail ? detail : text().unexpected
  const id = typeof said.request_id === 'string' ? said.request_id : null
  return new Problem(status, typeof said.code === 'string' ? said.code : 'unknown', message, id)
}

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(-1, 'unexpected', text().unexpected)

const fieldError = (error: { loc?: unknown[]; msg?: string }) => `${error.loc?.slice(1).join('.') ?? ''}: ${error.msg ?? ''}`
