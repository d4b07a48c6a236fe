const PART_LINES = 64

/** Code in parts of so many lines, which are laid out each by itself. */
export function partsOf(source: string): string[] {
  const parts = cutText(source, { seen: 0 })
  return parts.length > 1 && parts[parts.length - 1] === '' ? parts.slice(0, -1) : parts
}

/** Text cut where a part ends; `lines` counts on over all the texts of one code. What follows the last cut may be ''. */
export function cutText(text: string, lines: { seen: number }): string[] {
  const out: string[] = []
  let start = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines.seen % PART_LINES) continue
    out.push(text.slice(start, at + 1))
    start = at + 1
  }
  return [...out, text.slice(start)]
}
