import { type ReactNode, useRef } from 'react'
import { READABLE } from './uploads'

interface FileButtonProps {
  onFiles: (files: File[]) => void
  children: (choose: () => void) => ReactNode
}

/** Opens the system's choice of files. */
export function FileButton({ onFiles, children }: FileButtonProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        accept={READABLE}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = '' // the same file can be chosen again
        }}
      />
      {children(() => field.current?.click())}
    </>
  )
}
