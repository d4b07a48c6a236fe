import { type RefObject, useEffect, useMemo, useState } from 'react'

const AT_END_PX = 4
const AWAY_PX = 24
const UPWARDS = new Set(['ArrowUp', 'PageUp', 'Home'])

/** Keeps the end in view for as long as the reader wants it there: moving up lets go, coming back to the end takes hold. */
export class EndFollower {
  isPinned = true
  private scroller: HTMLElement | null = null
  /** A scroll event alone does not say who scrolled: up is what the reader did last, until something else. */
  private goesUp = false
  private touchY = 0

  constructor(private readonly pinnedChanged: (is: boolean) => void) {}

  attach(scroller: HTMLElement, content: HTMLElement): () => void {
    this.scroller = scroller
    const leaving = new AbortController()
    const listen = { signal: leaving.signal, passive: true }
    scroller.addEventListener('wheel', (event) => this.intends(event.deltaY < 0), listen)
    scroller.addEventListener('touchstart', (event) => (this.touchY = event.touches[0]?.clientY ?? 0), listen)
    scroller.addEventListener('touchmove', (event) => this.intends((event.touches[0]?.clientY ?? 0) > this.touchY), listen)
    scroller.addEventListener('keydown', (event) => this.intends(UPWARDS.has(event.key)), listen)
    scroller.addEventListener('pointerdown', (event) => event.target === scroller && this.drags(), listen) // the scroll bar
    scroller.addEventListener('scroll', () => this.scrolled(), listen)
    const growing = new ResizeObserver(() => this.keepUp())
    growing.observe(content)
    growing.observe(scroller)
    return () => {
      leaving.abort()
      growing.disconnect()
    }
  }

  toEnd(): void {
    this.goesUp = false
    this.pin(true)
    this.keepUp()
  }

  /** Let go, whatever is in view, until `settle`: the reader is being taken somewhere. */
  release(): void {
    this.goesUp = true
    this.pin(false)
  }

  settle(): void {
    this.goesUp = false
    this.scrolled()
  }

  private intends(up: boolean): void {
    this.goesUp = up
    if (up && this.canScroll()) this.pin(false)
  }

  private drags(): void {
    this.goesUp = false
    this.pin(false)
  }

  private scrolled(): void {
    const distance = this.distance()
    if (distance <= AT_END_PX && !this.goesUp) this.pin(true)
    if (distance > AWAY_PX) this.goesUp = false // from here on, coming back to the end counts
  }

  private keepUp(): void {
    if (this.isPinned && this.scroller) this.scroller.scrollTop = this.scroller.scrollHeight
  }

  private distance(): number {
    const s = this.scroller
    return s ? s.scrollHeight - s.scrollTop - s.clientHeight : 0
  }

  private canScroll(): boolean {
    return (this.scroller?.scrollTop ?? 0) > 0
  }

  private pin(is: boolean): void {
    if (is === this.isPinned) return
    this.isPinned = is
    this.pinnedChanged(is)
  }
}

export function useEndFollower(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [isPinned, setPinned] = useState(true)
  const follower = useMemo(() => new EndFollower(setPinned), [])
  useEffect(() => {
    if (scroller.current && content.current) return follower.attach(scroller.current, content.current)
  }, [follower, scroller, content])
  return { follower, isPinned }
}
