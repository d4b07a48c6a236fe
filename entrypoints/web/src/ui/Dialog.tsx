import { type ReactNode, useEffect, useRef } from 'react'
import { useText } from '../lib/i18n/language'
import { IconButton } from './Button'
import { CloseIcon } from './icons'
import './dialog.css'

interface DialogProps {
  title: string
  isOpen: boolean
  /** Without it the dialog cannot be closed by who reads it. */
  onClose?: () => void
  /** `side` slides in along the edge, for a phone's menu. */
  look?: 'middle' | 'side'
  children: ReactNode
}

/**
 * The browser's own modal dialog: it traps focus, hands it back, closes on Escape, and makes the rest inert. (Radix's
 * injects style elements, which the content security policy refuses.)
 */
export function Dialog({ title, isOpen, onClose, look = 'middle', children }: DialogProps) {
  const t = useText()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      className={`dialog dialog-${look}`}
      aria-label={title}
      onClose={onClose}
      closedby={onClose ? 'any' : 'none'}
      onCancel={(event) => !onClose && event.preventDefault()}
      onClick={(event) => event.target === dialog.current && onClose?.()} // beside it
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2>{title}</h2>
          {onClose && (
            <IconButton label={t.close} onClick={onClose}>
              <CloseIcon />
            </IconButton>
          )}
        </header>
        {isOpen && children}
      </div>
    </dialog>
  )
}
