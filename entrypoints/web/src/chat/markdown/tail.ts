import { closes } from './blocks'
import { mendedInline } from './tail-inline'

/**
 * The last block of an answer that is being written, as it can be shown: what is only half there and would look like
 * its own source (the mark of a fence, the head of a table, emphasis, a link) is closed or held back for a moment.
 */
export function mended(block: string): string {
  const text = withoutHalfLine(block)
  if (isInFence(text)) return text
  const start = paragraphStart(text)
  return text.slice(0, start) + mendedParagraph(text.slice(start))
}

const HALF_FENCE = /^\s*([-*+>]\s+|\d+[.)]\s+)*(`{1,2}|~{1,2}|(`{3,}|~{3,})[^\n`]*)$/
const MARK_ALONE = /^\s*([-*+>]\s+|\d+[.)]\s+)*([-+]|-+|=+|\*{1,3}|_+|>|#{1,6}|\|)\s*$/ // "text\n-" would be a heading
const HALF_TASK = /^\s*([-*+]|\d{1,9}[.)])\s+\[[ xX]?\]?\s*$/
const HALF_DEFINITION = /^ {0,3}\[[^\]\n]+\]:[^\n]*$/

/** Without a last line that cannot be told yet. */
function withoutHalfLine(text: string): string {
  const at = text.lastIndexOf('\n') + 1
  const line = text.slice(at)
  if (openFence(text.slice(0, at))) return /^\s*(`+|~+)$/.test(line) ? text.slice(0, at) : text
  const isHalf = [HALF_FENCE, MARK_ALONE, HALF_TASK, HALF_DEFINITION].some((half) => half.test(line))
  return isHalf ? text.slice(0, at) : text
}

const isInFence = (text: string) => openFence(text) !== ''

const OPENS = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})/

/** The mark of a fence that is open at the end, wherever it is indented. */
function openFence(text: string): string {
  if (!text.includes('```') && !text.includes('~~~')) return ''
  let fence = ''
  for (const line of text.split('\n')) {
    if (fence) fence = closes(line, fence) ? '' : fence
    else fence = OPENS.exec(line)?.[1] ?? ''
  }
  return fence
}

function paragraphStart(text: string): number {
  const blank = text.trimEnd().lastIndexOf('\n\n')
  return blank < 0 ? 0 : blank + 2
}

function mendedParagraph(text: string): string {
  const lines = text.split('\n')
  let head = lines.length - 1
  while (head > 0 && isRow(lines[head - 1])) head--
  const table = isRow(lines[head]) ? mendedTable(lines, head) : null
  if (table !== null) return table
  const unit = lines.findLastIndex((line) => UNIT.test(line))
  const start = unit < 0 ? 0 : lines.slice(0, unit).reduce((sum, line) => sum + line.length + 1, 0)
  return text.slice(0, start) + mendedInline(text.slice(start))
}

const UNIT = /^\s*([-*+]\s|\d{1,9}[.)]\s|#{1,6}\s|>|\|)/ // emphasis does not reach from one of these lines to the next
const isRow = (line: string | undefined) => line !== undefined && /^\s*\|/.test(line)

/** Null when it is no table that has anything to mend. */
function mendedTable(lines: readonly string[], head: number): string | null {
  const [header = '', delimiter, ...rows] = lines.slice(head)
  const before = lines.slice(0, head).map((line) => `${line}\n`).join('')
  if (delimiter === undefined || delimiter.trim() === '') return before
  if (rows.length > 0 || !isHalfDelimiter(delimiter)) return null
  return `${before}${header}\n|${' --- |'.repeat(columns(header))}\n`
}

const isHalfDelimiter = (line: string) => /^[\s:|-]*$/.test(line)
const columns = (row: string) => (row.trim().replace(/^\||\|$/g, '').match(/(?<!\\)\|/g)?.length ?? 0) + 1
