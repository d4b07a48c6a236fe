import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { IconButton } from './Button'
import './menu.css'

export interface MenuItem {
  label: string
  look?: 'danger'
  onChoose: () => void
}

interface MenuProps {
  label: string
  icon: ReactNode
  items: readonly MenuItem[]
}

const MARGIN_PX = 8

/** A button with a menu (WAI-ARIA's menu button), which is a popover: it closes on Escape and on a click beside it. */
export function Menu({ label, icon, items }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <IconButton
        ref={button}
        className="menu-button"
        label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(true)}
      >
        {icon}
      </IconButton>
      {isOpen && <MenuList id={id} label={label} items={items} beside={button} onClose={() => setOpen(false)} />}
    </>
  )
}

interface ListProps {
  id: string
  label: string
  items: readonly MenuItem[]
  beside: { current: HTMLElement | null }
  onClose: () => void
}

function MenuList({ id, label, items, beside, onClose }: ListProps) {
  const menu = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const shown = menu.current
    if (!shown || !beside.current) return
    shown.showPopover()
    place(shown, beside.current.getBoundingClientRect())
    shown.querySelector<HTMLElement>('[role=menuitem]')?.focus()
    const close = () => shown.hidePopover()
    addEventListener('resize', close)
    return () => removeEventListener('resize', close)
  }, [beside])
  const choose = (item: MenuItem) => {
    menu.current?.hidePopover()
    beside.current?.focus()
    item.onChoose()
  }
  return (
    <div
      ref={menu}
      id={id}
      popover="auto"
      role="menu"
      aria-label={label}
      className="menu"
      onToggle={(event) => event.newState === 'closed' && onClose()}
      onKeyDown={(event) => move(event)}
      onBlur={(event) => event.relatedTarget && !menu.current?.contains(event.relatedTarget) && menu.current?.hidePopover()}
    >
      {items.map((item) => (
        <button key={item.label} type="button" role="menuitem" tabIndex={-1} data-look={item.look} onClick={() => choose(item)}>
          {item.label}
        </button>
      ))}
    </div>
  )
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  items.at(to % items.length)?.focus()
}

/** Below the button, or above it where there is more room; never beyond the window. */
function place(menu: HTMLElement, button: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect()
  const left = Math.min(Math.max(button.right - width, MARGIN_PX), innerWidth - width - MARGIN_PX)
  const below = button.bottom + height + MARGIN_PX <= innerHeight
  menu.style.left = `${left}px`
  menu.style.top = `${below ? button.bottom : Math.max(button.top - height, MARGIN_PX)}px`
}
