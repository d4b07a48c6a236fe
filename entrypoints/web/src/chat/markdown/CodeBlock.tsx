import { memo, type ReactNode, useEffect, useState } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import { useText } from '../../lib/i18n/language'
import type { Fence } from './fence'

const PAUSE_MS = 200 // colours come when the code has stopped growing for so long
const LONGEST = 100_000
const PART_LINES = 64

/** A fence of Markdown, with its language and a way to copy exactly what is in it. */
export const CodeBlock = memo(({ language, source }: Fence) => {
  const t = useText()
  const coloured = useColours(source, language)
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language}</span>
        <CopyButton label={t.copyCode} content={() => source} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{coloured ?? <Plain source={source} />}</code>
      </pre>
    </figure>
  )
})

/** Long code is laid out in parts, of which only the last one changes while it grows. */
function Plain({ source }: { source: string }) {
  const parts = partsOf(source)
  return parts.length === 1 ? source : parts.map((part, place) => <Part key={place} text={part} />)
}

const Part = memo(({ text }: { text: string }) => <span className="code-part">{text}</span>)

function partsOf(source: string): string[] {
  const parts: string[] = []
  let start = 0
  let lines = 0
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    if (++lines % PART_LINES) continue
    parts.push(source.slice(start, at + 1))
    start = at + 1
  }
  if (start < source.length || parts.length === 0) parts.push(source.slice(start))
  return parts
}

/** The code as coloured elements, once they are there; the highlighter is loaded with the first code that needs it. */
function useColours(source: string, language: string): ReactNode {
  const [coloured, setColoured] = useState<{ of: string; nodes: ReactNode }>()
  useEffect(() => {
    if (!language || source.length > LONGEST) return
    let isWanted = true
    const timer = setTimeout(() => {
      void import('./highlight').then(({ highlighted }) => {
        if (isWanted) setColoured({ of: source, nodes: highlighted(source, language) })
      }, () => {}) // it stays without colours
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [source, language])
  return coloured?.of === source ? coloured.nodes : null
}
