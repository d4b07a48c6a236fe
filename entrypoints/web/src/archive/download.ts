import { asMarkdown } from './markdown'
import { takenOut } from './records'

/** Hand over a conversation as a file. Throw Problem. */
export async function download(id: number, title: string, kind: 'markdown' | 'json'): Promise<void> {
  const lines = await takenOut(id)
  if (kind === 'markdown') save(asMarkdown(lines), 'text/markdown', `${nameOf(title)}.md`)
  else save(lines, 'application/jsonl', `${nameOf(title)}.jsonl`)
}

export const downloadAll = async (): Promise<void> => save(await takenOut(), 'application/jsonl', 'conversations.jsonl')

function save(content: string, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

const nameOf = (title: string): string => title.replace(/[^\p{L}\p{N} _-]+/gu, ' ').trim().slice(0, 80) || 'conversation'
