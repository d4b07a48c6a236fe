import { type ReactNode, useState } from 'react'

/** What was opened stays open when its row leaves the list and comes back. */
const opened = new Set<string>()

interface DisclosureProps {
  id: string
  summary: ReactNode
  children: () => ReactNode
}

/** Something to look at when one wants to; its content is made when it is opened. */
export function Disclosure({ id, summary, children }: DisclosureProps) {
  const [isOpen, setOpen] = useState(opened.has(id))
  return (
    <details
      className="aside"
      open={isOpen}
      onToggle={(event) => {
        const is = event.currentTarget.open
        opened[is ? 'add' : 'delete'](id)
        setOpen(is)
      }}
    >
      <summary>{summary}</summary>
      {isOpen && children()}
    </details>
  )
}
