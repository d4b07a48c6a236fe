import { useSyncExternalStore } from 'react'
import { useText } from '../../lib/i18n/language'
import { keep, kept, whenKept } from '../../lib/storage'
import { IconButton } from '../../ui/Button'
import { ToolsIcon } from '../../ui/icons'

const TOOLS = 'tools'

/** Whether answers may use the server's tools. */
export const usesTools = (): boolean => kept(TOOLS, false)

export function ToolsSwitch() {
  const t = useText()
  const isOn = useSyncExternalStore((changed) => whenKept(TOOLS, changed), usesTools)
  return (
    <IconButton label={t.useTools} aria-pressed={isOn} onClick={() => keep(TOOLS, isOn ? null : true)}>
      <ToolsIcon />
    </IconButton>
  )
}
