import { type ReactNode, useEffect, useState } from 'react'

const PAUSE_MS = 200 // colours come when the code has stopped growing for so long
const LONGEST = 100_000
const PARTS_A_FRAME = 2

interface Coloured {
  of: string
  nodes: readonly ReactNode[]
}

/**
 * The parts of the code that are coloured by now, from the first on: some a frame, so that long code holds nothing up.
 * The highlighter is loaded with the first code that needs it; without it code stays as it is.
 */
export function useColours(source: string, language: string): readonly ReactNode[] {
  const [coloured, setColoured] = useState<Coloured>()
  useEffect(() => {
    if (!language || source.length > LONGEST) return
    let isWanted = true
    const colour = async () => {
      const { highlighted } = await import('./highlight')
      if (!isWanted) return
      const parts = highlighted(source, language)
      const nodes: ReactNode[] = []
      while (isWanted && nodes.length < parts.length) {
        for (const part of parts.slice(nodes.length, nodes.length + PARTS_A_FRAME)) nodes.push(part())
        setColoured({ of: source, nodes: [...nodes] })
        await new Promise(requestAnimationFrame)
      }
    }
    const timer = setTimeout(() => void colour().catch(() => {}), PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [source, language])
  return coloured?.of === source ? coloured.nodes : []
}
