const CODE = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g // spans, and fences too

/** The text with what is not code in it changed. */
export function outsideCode(text: string, change: (plain: string) => string): string {
  if (!text.includes('`')) return change(text)
  let out = ''
  let at = 0
  for (const code of text.matchAll(CODE)) {
    out += change(text.slice(at, code.index)) + code[0]
    at = code.index + code[0].length
  }
  return out + change(text.slice(at))
}
