import { type KeyboardEvent, useState } from 'react'
import { useText } from '../lib/i18n/language'
import { Button } from '../ui/Button'
import { ACTIONS, type Action, chooseKeys, combinationOf, keysOf, resetShortcuts, switchShortcuts, useShortcuts } from './shortcuts'
import './keyboard.css'

/** Every shortcut, to be read, changed, and switched off. */
export default function ShortcutSheet() {
  const t = useText()
  const { off = false } = useShortcuts()
  const [changed, setChanged] = useState<Action | null>(null)
  const press = (event: KeyboardEvent, action: Action) => {
    if (changed !== action || event.key === 'Tab') return setChanged(null)
    event.preventDefault()
    const keys = combinationOf(event.nativeEvent)
    if (!keys) return
    if (keys !== 'Escape' || action === 'stop') chooseKeys(action, keys)
    setChanged(null)
  }
  return (
    <div className="shortcuts">
      <label>
        <input type="checkbox" checked={!off} onChange={(event) => switchShortcuts(event.target.checked)} />
        {t.shortcutsOn}
      </label>
      <ul>
        {ACTIONS.map((action) => (
          <li key={action}>
            <span>{t.shortcutNames[action]}</span>
            <Button
              aria-label={t.changeShortcut(t.shortcutNames[action], shown(keysOf(action)) || t.noShortcut)}
              disabled={off}
              onClick={() => setChanged(action)}
              onKeyDown={(event) => changed === action && press(event, action)}
              onBlur={() => setChanged(null)}
            >
              {changed === action ? t.pressKeys : <kbd>{shown(keysOf(action)) || t.noShortcut}</kbd>}
            </Button>
          </li>
        ))}
      </ul>
      <Button look="quiet" onClick={resetShortcuts}>
        {t.resetShortcuts}
      </Button>
    </div>
  )
}

const ARROWS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' }
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent)

function shown(keys: string): string {
  const parts = keys.split('+').map((key) => ARROWS[key] ?? key)
  return (IS_APPLE ? parts.map((key) => (key === 'Ctrl' ? '⌘' : key)) : parts).join(' + ')
}
