import { useText } from '../../lib/i18n/language'
import type { Segment } from '../thread/message-view'
import { Disclosure } from './Disclosure'

interface ThoughtProps {
  id: string
  thought: Extract<Segment, { kind: 'thought' }>
  isGrowing: boolean
}

/** What a model thought before it spoke: folded away, with how long it took where that was seen. */
export function Thought({ id, thought, isGrowing }: ThoughtProps) {
  const t = useText()
  const { seconds, text } = thought
  const summary = isGrowing ? (
    <span className="thinking">{t.thinking}</span>
  ) : seconds === undefined ? (
    t.thoughts
  ) : (
    t.thoughtFor(Math.max(1, Math.round(seconds)))
  )
  return (
    <Disclosure id={id} summary={summary}>
      {() => <p dir="auto">{text.trim()}</p>}
    </Disclosure>
  )
}
