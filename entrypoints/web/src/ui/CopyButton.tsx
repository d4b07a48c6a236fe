import { type ReactNode, useState } from 'react'
import { useText } from '../lib/i18n/language'
import { IconButton } from './Button'
import { CopyIcon, DoneIcon } from './icons'
import { announce } from './Status'

const SHOWN_MS = 1_500

interface CopyButtonProps {
  label: string
  content: () => string
  icon?: ReactNode
}

export function CopyButton({ label, content, icon = <CopyIcon /> }: CopyButtonProps) {
  const t = useText()
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(content())
    announce(t.copied)
    setDone(true)
    setTimeout(() => setDone(false), SHOWN_MS)
  }
  return (
    <IconButton label={isDone ? t.copied : label} onClick={() => void copy()}>
      {isDone ? <DoneIcon /> : icon}
    </IconButton>
  )
}
