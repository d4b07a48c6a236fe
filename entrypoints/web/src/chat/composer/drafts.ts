import { keep, kept } from '../../lib/storage'

/** What was written and not sent, for each conversation and for a new one. */
const nameOf = (conversation: number | null) => `draft.${conversation ?? 'new'}`

export const draftOf = (conversation: number | null): string => kept(nameOf(conversation), '')

export const keepDraft = (conversation: number | null, text: string): void => keep(nameOf(conversation), text || null)

/** What was sent is no draft any more, unless something else is being written by now. */
export function clearDraft(conversation: number | null, sent: string): void {
  if (draftOf(conversation).trim() === sent) keepDraft(conversation, '')
}
