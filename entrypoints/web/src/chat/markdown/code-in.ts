import type { Element, ElementContent } from 'hast'
import type { Fence } from './fence'

/** What is in a `pre` that Markdown made. */
export function codeIn(pre: Element | undefined): Fence {
  const code = pre?.children.find((child): child is Element => child.type === 'element' && child.tagName === 'code')
  const classes = code?.properties.className
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace('language-', '') : ''
  return { language, source: plain(code?.children ?? []) }
}

const plain = (nodes: ElementContent[]): string =>
  nodes.map((node) => (node.type === 'text' ? node.value : 'children' in node ? plain(node.children) : '')).join('')
