import { type ReactNode, useId } from 'react'
import { asProblem } from '../lib/api/problem'
import { Notice } from '../ui/Notice'

interface SectionProps {
  title: string
  /** Why it cannot be shown. */
  error?: unknown
  children: ReactNode
}

export function Section({ title, error, children }: SectionProps) {
  const id = useId()
  return (
    <section className="admin-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {error ? <Notice>{asProblem(error).message}</Notice> : children}
    </section>
  )
}
