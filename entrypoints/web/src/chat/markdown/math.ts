import { outsideCode } from './code-aware'

/** Formulas go through Markdown as code that begins with one of these (for private use in Unicode). */
const INLINE = '\uE000'
const DISPLAYED = '\uE001'

const FORMULA = new RegExp(
  [
    String.raw`\\[\\$]`, // escaped: no formula
    String.raw`\\\[([\s\S]+?)\\\]`,
    String.raw`\$\$([\s\S]+?)\$\$`,
    String.raw`\\\(([\s\S]+?)\\\)`,
    String.raw`(?<![\w$])\$(?![\s$])((?:\\.|[^$\\\n])*?[^\s$\\])\$(?![\w$])`, // as Pandoc tells them from prices
  ].join('|'),
  'g',
)

/** Markdown in which formulas, as models write them, are code that `formulaOf` knows. */
export function withFormulas(text: string): string {
  if (!/\$|\\[([]/.test(text)) return text
  const inTable = /^\s*\|/m.test(text)
  return outsideCode(text, (plain) =>
    plain.replace(FORMULA, (whole: string, bracket?: string, dollars?: string, paren?: string, dollar?: string) => {
      const displayed = bracket ?? dollars
      const tex = (displayed ?? paren ?? dollar)?.replace(/\s*\n[\s>]*/g, ' ').trim()
      if (!tex) return whole
      const ticks = '`'.repeat(1 + Math.max(0, ...(tex.match(/`+/g) ?? []).map((run) => run.length)))
      return ticks + (displayed ? DISPLAYED : INLINE) + (inTable ? tex.replaceAll('|', String.raw`\vert `) : tex) + ticks
    }),
  )
}

/** Null for ordinary code. */
export function formulaOf(code: string): { tex: string; isDisplayed: boolean } | null {
  if (code[0] !== INLINE && code[0] !== DISPLAYED) return null
  return { tex: code.slice(1), isDisplayed: code[0] === DISPLAYED }
}
