/** What is open in a paragraph that is being written: closed at its end, or held back while it cannot be told yet. */
export function mendedInline(text: string): string {
  const open: Open[] = []
  let at = 0
  for (;;) {
    SPECIAL.lastIndex = at
    at = SPECIAL.exec(text)?.index ?? text.length
    const char = text[at]
    if (char === undefined) return closed(text, open)
    const rest = text.slice(at)
    if (char === '\\' || char === '$') {
      const step = formula(rest)
      if (step === null) return closed(text.slice(0, at), open)
      at += step
    } else if (char === '`') {
      const ticks = run(rest)
      const end = new RegExp(`(?<!\`)${ticks}(?!\`)`).exec(rest.slice(ticks.length))
      if (end) at += end.index + 2 * ticks.length
      else if (rest === ticks) return closed(text.slice(0, at), open)
      else return closed(`${text.replace(/`+$/, '')}${ticks}`, open)
    } else if (char === '<' && /^<[a-z][\w+.-]*(:[^>\s]*)?$/i.test(rest)) {
      return closed(text.slice(0, at), open)
    } else if (char === '!' && (rest === '!' || rest[1] === '[')) {
      const image = IMAGE.exec(rest)
      if (!image) return closed(text.slice(0, at), open)
      at += image[0].length
    } else if (char === '[') {
      const link = bracket(rest)
      if (link.isWhole) at += link.length
      else return closed(text.slice(0, at) + mendedInline(link.label), open)
    } else if (char === '*' || char === '_' || char === '~') {
      const mark = run(rest)
      if (at + mark.length === text.length) return closed(text.slice(0, at), open)
      emphasis(mark, text[at - 1] ?? ' ', text[at + mark.length] ?? ' ', open)
      at += mark.length
    } else at += 1
  }
}

interface Open {
  char: string
  length: number
}

const SPECIAL = /[\\$`<!\[*_~]/g
const IMAGE = /^!\[[^\]]*\](\([^)\s]*(\s[^)]*)?\)|\[[^\]]*\]|(?=[^([]))/
const TARGET = /^\([^()]*(\([^()]*\)[^()]*)*\)|^\[[^\]]*\]/
const LONGEST_HELD = 80 // a dollar sign that nothing follows is no formula

const run = (text: string) => /^(.)\1*/.exec(text)?.[0] ?? ''

/** How long a formula or an escape is; null for one that is only half there. */
function formula(rest: string): number | null {
  if (rest[0] === '\\') {
    if (rest.length === 1) return null
    const end = { '(': '\\)', '[': '\\]' }[rest[1] as string]
    if (!end) return 2
    const at = rest.indexOf(end)
    return at < 0 ? null : at + 2
  }
  if (rest.startsWith('$$')) {
    const at = rest.indexOf('$$', 2)
    return at < 0 ? null : at + 2
  }
  if (rest.length === 1) return null
  if (/^\$[\s\d]/.test(rest)) return 1
  const whole = /^\$(\\.|[^$\\\n])*?[^\s$\\]\$/.exec(rest)
  if (whole) return whole[0].length
  return rest.length > LONGEST_HELD || rest.includes('\n') ? 1 : null
}

/** A link, or what else begins with a bracket; of one that is only half there the words are shown. */
function bracket(rest: string): { isWhole: boolean; length: number; label: string } {
  const end = closingBracket(rest)
  const label = rest.slice(1, end < 0 ? undefined : end)
  const half = { isWhole: false, length: 0, label: /^(\^|\d+$)/.test(label) ? '' : label } // a number or a note is no word
  if (end < 0) return half
  const after = rest.slice(end + 1)
  if (after === '' && !label.startsWith('^')) return half
  const target = TARGET.exec(after)?.[0] ?? ''
  if (target === '' && (after[0] === '(' || after[0] === '[')) return half
  return { isWhole: true, length: end + 1 + target.length, label }
}

function closingBracket(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') depth++
    else if (text[at] === ']' && --depth === 0) return at
  }
  return -1
}

function emphasis(mark: string, before: string, after: string, open: Open[]): void {
  const char = mark[0] as string
  if (char === '~' && mark.length !== 2) return
  if (char === '_' && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after)) return
  let left = mark.length
  while (left > 0 && /\S/.test(before) && open[open.length - 1]?.char === char) {
    const last = open[open.length - 1] as Open
    const both = Math.min(left, last.length)
    left -= both
    last.length -= both
    if (last.length === 0) open.pop()
  }
  if (left > 0 && /\S/.test(after)) open.push({ char, length: left })
}

/** With nothing open; a mark that has nothing behind it goes. */
function closed(text: string, open: readonly Open[]): string {
  let out = text
  for (const { char, length } of [...open].reverse()) {
    const mark = char.repeat(length)
    const words = out.trimEnd()
    out = words.endsWith(mark) && !words.endsWith(`\\${mark}`) ? words.slice(0, -length) : words + mark
  }
  return out
}
