/**
 * An answer as blocks of Markdown that can be rendered each by itself: while it grows only the last one changes, so all
 * before it are parsed once. A block ends at a blank line outside of fences, unless what follows still belongs to the
 * same list or is indented. Link definitions of another block are not seen; models hardly write them.
 */
export function grown(blocks: readonly string[], addition: string): readonly string[] {
  const open = blocks.length ? (blocks[blocks.length - 1] ?? '') : ''
  return [...blocks.slice(0, -1), ...split(open + addition)]
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const LIST = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/
const MAYBE_LIST = /^ {0,3}([-*+]|\d{1,9}[.)]?)?$/

export function split(text: string): string[] {
  const blocks: string[] = []
  let start = 0
  let at = 0
  let fence = ''
  let blank = false
  let inList = false
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    const mark = FENCE.exec(line)?.[1]
    if (fence) {
      if (mark && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark) fence = ''
    } else if (line.trim() === '') {
      blank = true
    } else {
      if (blank && at > start && !goesOn(line, inList, end < 0)) {
        blocks.push(text.slice(start, at))
        start = at
      }
      if (start === at) inList = LIST.test(line)
      blank = false
      fence = mark ?? ''
    }
    if (end < 0) break
    at = end + 1
  }
  if (start < text.length) blocks.push(text.slice(start))
  return blocks
}

/** Whether a line behind a blank one belongs to the block above; one that is not whole yet may. */
function goesOn(line: string, inList: boolean, isUnfinished: boolean): boolean {
  if (/^( {2,}|\t)/.test(line)) return true
  return inList && (LIST.test(line) || (isUnfinished && MAYBE_LIST.test(line)))
}
