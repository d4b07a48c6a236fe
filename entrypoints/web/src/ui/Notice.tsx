import type { ReactNode } from 'react'
import './notice.css'

/** Something that went wrong, and what can be done. */
export function Notice({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="notice" role="alert">
      <span>{children}</span>
      {action}
    </div>
  )
}
