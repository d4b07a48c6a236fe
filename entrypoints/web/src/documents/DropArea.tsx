import { type DragEvent, type HTMLAttributes, useState } from 'react'
import { useText } from '../lib/i18n/language'
import './drop-area.css'

type DropAreaProps = HTMLAttributes<HTMLElement> & { onFiles: (files: File[]) => void }

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')

/** The main part of a page, onto which files can be dropped. */
export function DropArea({ onFiles, children, ...rest }: DropAreaProps) {
  const t = useText()
  const [isOver, setOver] = useState(false)
  return (
    <main
      {...rest}
      onDragOver={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => event.currentTarget.contains(event.relatedTarget as Node | null) || setOver(false)}
      onDrop={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && <div className="drop-here">{t.dropHere}</div>}
    </main>
  )
}
