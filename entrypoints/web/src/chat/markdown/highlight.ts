import type { ElementContent, RootContent } from 'hast'
import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { common, createLowlight } from 'lowlight'
import type { ReactNode } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'
import { cutText } from './code-parts'

const lowlight = createLowlight(common)

/** The coloured parts of code (code-parts.ts), each to be made when it is wanted; none of a language that is not known. */
export function highlighted(source: string, language: string): (() => ReactNode)[] {
  if (!lowlight.registered(language)) return []
  const parts = cut(lowlight.highlight(language, source).children)
  return parts.map((children) => () => toJsxRuntime({ type: 'root', children }, { Fragment, jsx, jsxs }))
}

/** Cut behind every so many lines, through whatever is open there. */
function cut(nodes: readonly RootContent[], lines = { seen: 0 }): ElementContent[][] {
  const parts: ElementContent[][] = [[]]
  const add = (pieces: ElementContent[]) =>
    pieces.forEach((piece, place) => (place === 0 ? parts[parts.length - 1]?.push(piece) : parts.push([piece])))
  for (const node of nodes) {
    if (node.type === 'text') add(cutText(node.value, lines).map((value) => ({ type: 'text', value })))
    else if (node.type === 'element') add(cut(node.children, lines).map((children) => ({ ...node, children })))
  }
  return parts
}
