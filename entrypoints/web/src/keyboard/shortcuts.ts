import { useSyncExternalStore } from 'react'
import { keep, kept, whenKept } from '../lib/storage'

/** What can be done from anywhere, and the keys for it until somebody chooses others. Ctrl stands for Command too. */
export const DEFAULTS = {
  newChat: 'Ctrl+Shift+O',
  focusComposer: 'Shift+Escape',
  search: 'Ctrl+K',
  previousMessage: 'Alt+ArrowUp',
  nextMessage: 'Alt+ArrowDown',
  copyLast: 'Alt+Shift+C',
  stop: 'Escape',
  help: '?',
} as const
export type Action = keyof typeof DEFAULTS
export const ACTIONS = Object.keys(DEFAULTS) as Action[]

/** `keys` are those that were chosen; the empty text is none. WCAG 2.1.4: all can be changed, and all can be off. */
interface Chosen {
  off?: boolean
  keys?: Partial<Record<Action, string>>
}

const NAME = 'shortcuts'
const NONE: Chosen = {}
let said = ''
let chosen: Chosen = NONE

function current(): Chosen {
  const now = JSON.stringify(kept<Chosen>(NAME, NONE))
  if (now !== said) {
    said = now
    chosen = JSON.parse(now) as Chosen
  }
  return chosen
}

export const useShortcuts = (): Chosen => useSyncExternalStore((changed) => whenKept(NAME, changed), current)

export const keysOf = (action: Action): string => current().keys?.[action] ?? DEFAULTS[action]

export const switchShortcuts = (on: boolean): void => keep(NAME, { ...current(), off: !on })

export const resetShortcuts = (): void => keep(NAME, null)

/** Whatever had these keys before has none then. */
export function chooseKeys(action: Action, keys: string): void {
  const others = ACTIONS.filter((each) => each !== action && keysOf(each) === keys).map((each) => [each, ''])
  keep(NAME, { ...current(), keys: { ...current().keys, ...Object.fromEntries(others), [action]: keys } })
}

export function actionOf(event: KeyboardEvent): Action | undefined {
  if (current().off) return undefined
  const keys = combinationOf(event)
  return keys ? ACTIONS.find((action) => keysOf(action) === keys) : undefined
}

const MODIFIERS = new Set(['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'CapsLock', 'Dead', 'Process', 'Unidentified'])

/** The keys that are pressed, such as `Ctrl+Shift+O`; empty while they are modifiers alone or something is composed. */
export function combinationOf(event: KeyboardEvent): string {
  if (MODIFIERS.has(event.key) || event.isComposing) return ''
  // With Alt a key may write something else than what stands on it; then its place counts.
  const isLetter = /^[a-z]$/i.test(event.key)
  const key = event.altKey && !isLetter && event.code.startsWith('Key') ? event.code.slice(3) : event.key
  const letter = isLetter ? key.toUpperCase() : key
  const isSign = letter.length === 1 && !/[A-Z]/.test(letter) // Shift is part of writing it
  const held = [(event.ctrlKey || event.metaKey) && 'Ctrl', event.altKey && 'Alt', event.shiftKey && !isSign && 'Shift']
  return [...held.filter(Boolean), letter === ' ' ? 'Space' : letter].join('+')
}

/** Whether it is a key that writes, which must not be taken from who writes. */
export const writes = (keys: string): boolean => !/^(Ctrl|Alt)\+/.test(keys) && /^(Shift\+)?(.|Space)$/.test(keys)
