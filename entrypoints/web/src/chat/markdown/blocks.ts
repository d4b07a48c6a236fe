/**
 * An answer as blocks of Markdown that can be rendered each by itself: while it grows only the last one changes, so all
 * before it are parsed once. A block ends at a blank line, unless what follows still belongs to the same list or is
 * indented; a fence that is not indented is a block of its own. What blocks say of each other is in references.ts.
 */
export function grown(blocks: readonly string[], addition: string): readonly string[] {
  const open = blocks.length ? (blocks[blocks.length - 1] ?? '') : ''
  return [...blocks.slice(0, -1), ...split(open + addition)]
}

export const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/
const LIST = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/
const MAYBE_LIST = /^ {0,3}([-*+]|\d{1,9}[.)]?)?$/

export function split(text: string): string[] {
  const blocks: string[] = []
  let start = 0
  let at = 0
  let fence = ''
  let blank = false
  let inList = false
  const cut = (end: number) => {
    if (end > start) blocks.push(text.slice(start, end))
    start = end
  }
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const isUnfinished = end < 0
    const next = isUnfinished ? text.length : end + 1
    const line = text.slice(at, isUnfinished ? next : end)
    if (fence) {
      if (closes(line, fence)) {
        fence = ''
        if (isFence(text, start) && !isUnfinished) cut(next)
      }
    } else if (line.trim() === '') {
      blank = true
    } else {
      const mark = FENCE.exec(line)?.[1] ?? ''
      if ((mark && line.startsWith(mark)) || (blank && !goesOn(line, inList, isUnfinished))) cut(at)
      if (start === at) inList = LIST.test(line)
      blank = false
      fence = mark
    }
    at = next
  }
  cut(text.length)
  return blocks
}

export const closes = (line: string, fence: string): boolean =>
  line.startsWith(fence, line.search(/\S|$/)) && line.trim().split(fence.charAt(0)).join('') === ''

const isFence = (text: string, start: number) => text.startsWith('```', start) || text.startsWith('~~~', start)

/** Whether a line behind a blank one belongs to the block above; one that is not whole yet may. */
function goesOn(line: string, inList: boolean, isUnfinished: boolean): boolean {
  if (/^( {2,}|\t)/.test(line)) return true
  return inList && (LIST.test(line) || (isUnfinished && MAYBE_LIST.test(line)))
}
