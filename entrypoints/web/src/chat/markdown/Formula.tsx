import { useLayoutEffect, useRef, useState } from 'react'

type Writer = typeof import('./tex')
let writer: Writer | null = null

interface FormulaProps {
  tex: string
  isDisplayed: boolean
}

/** A formula; what writes it is loaded with the first. One that has a mistake is shown as it was written. */
export function Formula({ tex, isDisplayed }: FormulaProps) {
  const place = useRef<HTMLSpanElement>(null)
  const [failed, setFailed] = useState<string>()
  useLayoutEffect(() => {
    let isWanted = true
    const write = (ready: Writer) => {
      writer = ready
      if (isWanted && place.current) ready.write(tex, place.current, isDisplayed)
    }
    const fail = () => isWanted && setFailed(tex)
    if (writer) attempt(() => write(writer as Writer), fail)
    else import('./tex').then(write).catch(fail)
    return () => {
      isWanted = false
    }
  }, [tex, isDisplayed])
  if (failed === tex) return <code>{tex}</code>
  return <span ref={place} className={isDisplayed ? 'formula formula-displayed' : 'formula'} dir="ltr" />
}

function attempt(work: () => void, otherwise: () => void): void {
  try {
    work()
  } catch {
    otherwise()
  }
}
