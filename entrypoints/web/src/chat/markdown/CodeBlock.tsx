import type { Element, ElementContent } from 'hast'
import { type ReactNode, useEffect, useState } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import { useText } from '../../lib/i18n/language'

const PAUSE_MS = 200 // colours come when the code has stopped growing for so long
const LONGEST = 100_000

/** A fence of Markdown, with its language and a way to copy exactly what is in it. */
export function CodeBlock({ node }: { node: Element | undefined }) {
  const t = useText()
  const code = node?.children.find((child): child is Element => child.type === 'element' && child.tagName === 'code')
  const source = plain(code?.children ?? [])
  const classes = code?.properties.className
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace('language-', '') : ''
  const coloured = useColours(source, language)
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language}</span>
        <CopyButton label={t.copyCode} content={() => source} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{coloured ?? source}</code>
      </pre>
    </figure>
  )
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
      })
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [source, language])
  return coloured?.of === source ? coloured.nodes : null
}

const plain = (nodes: ElementContent[]): string =>
  nodes.map((node) => (node.type === 'text' ? node.value : 'children' in node ? plain(node.children) : '')).join('')
