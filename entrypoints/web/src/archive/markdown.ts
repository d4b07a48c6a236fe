import { text } from '../lib/i18n/language'
import { moment } from '../lib/i18n/numbers'
import type { ArchiveRecord, ConversationRecord, MessageRecord } from './records'

/** A conversation as Markdown: the branch that is shown, then each other from where it forks; with every source. */
export function asMarkdown(lines: string): string {
  const records = lines.trim().split('\n').map((line) => JSON.parse(line) as ArchiveRecord)
  const conversation = records.find((each): each is ConversationRecord => each.record === 'conversation')
  const messages = records.filter((each): each is MessageRecord => each.record === 'message')
  if (!conversation) return ''
  const byId = new Map(messages.map((each) => [each.id, each]))
  const parents = new Set(messages.map((each) => each.parent_id ?? null))
  const ends = messages.filter(({ id }) => !parents.has(id) && id !== conversation.head_id).map(({ id }) => id)
  const told = new Set<number>()
  const branches = [conversation.head_id, ...ends]
    .map((end) => pathTo(end, byId).filter(({ id }) => !told.has(id) && told.add(id)))
    .filter((path) => path.length > 0)
  const parts = branches.map((path, at) => (at ? `## ${text().branchNumber(at + 1)}\n\n` : '') + path.map(said).join('\n\n'))
  return `# ${conversation.title}\n\n${parts.join('\n\n---\n\n')}\n`
}

function pathTo(end: number | null, byId: Map<number, MessageRecord>): MessageRecord[] {
  const path: MessageRecord[] = []
  for (let at = byId.get(end ?? 0); at; at = byId.get(at.parent_id ?? 0)) path.unshift(at)
  return path
}

function said(message: MessageRecord): string {
  const who = message.role === 'user' ? text().you : message.role === 'assistant' ? text().assistant : message.role
  return [`### ${who} · ${moment(message.created_at)}`, ...message.parts.map(partSaid), ...sourcesOf(message)].join('\n\n')
}

function partSaid(part: MessageRecord['parts'][number]): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'reasoning':
      return part.text.replace(/^/gm, '> ')
    case 'tool_call':
      return fenced(`${part.name}(${part.arguments})`)
    case 'tool_result':
      return fenced(part.content)
    case 'image':
      return `![](${part.url})`
  }
}

function sourcesOf(message: MessageRecord): string[] {
  const cited = message.parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []))
  return cited.map(({ number, filename, page, quote }) => {
    const where = page ? `${filename}, ${text().pageNumber(page)}` : filename
    return `- [${number}] ${where}${quote ? `: “${quote.replaceAll('\n', ' ')}”` : ''}`
  })
}

/** In a fence that is longer than any within. */
function fenced(content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${content}\n${fence}`
}
