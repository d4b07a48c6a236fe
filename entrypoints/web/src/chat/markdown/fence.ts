import { closes } from './blocks'

export interface Fence {
  language: string
  source: string
}

const OPENER = /^(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*(\n|$)/

/** What a block that is one fence has in it, closed or not yet; null for any other block. It saves parsing long code. */
export function fenceOf(block: string): Fence | null {
  const opener = OPENER.exec(block)
  if (!opener) return null
  const body = block.slice(opener[0].length).trimEnd()
  const last = body.lastIndexOf('\n') + 1
  const isClosed = closes(body.slice(last), opener[1] ?? '')
  const source = isClosed ? body.slice(0, last) : block.slice(opener[0].length)
  return { language: opener[2] ?? '', source }
}
