import { keep, kept } from '../../lib/storage'
import type { Segment } from './message-view'

const NAME = 'thought'
const MOST = 200

/** How long the thoughts of an answer took, by the place of each in it. The server does not say; who saw it knows. */
type Seconds = Record<number, number>

export const secondsThought = (answer: number): Seconds => kept<[number, Seconds][]>(NAME, []).find(([id]) => id === answer)?.[1] ?? {}

export function keepSecondsThought(answer: number, segments: readonly Segment[]): void {
  const seconds: Seconds = {}
  segments.forEach((each, place) => {
    if (each.kind === 'thought' && each.seconds !== undefined) seconds[place] = each.seconds
  })
  if (Object.keys(seconds).length === 0) return
  const others = kept<[number, Seconds][]>(NAME, []).filter(([id]) => id !== answer)
  keep(NAME, [...others.slice(1 - MOST), [answer, seconds]])
}

/** The thought at the end is over, if there is one that goes on. */
export function withoutOpenThought(segments: Segment[], now: number): void {
  const last = segments[segments.length - 1]
  if (last?.kind !== 'thought' || last.since === undefined) return
  segments[segments.length - 1] = { kind: 'thought', text: last.text, seconds: (now - last.since) / 1000 }
}
