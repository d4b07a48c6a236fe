import { type ChangeEvent, useRef, useState } from 'react'
import { downloadAll } from '../archive/download'
import { moveIn } from '../archive/records'
import { reloadConversations } from '../conversations/shelves'
import { onceKey } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Section } from './Section'
import { WORDS } from './words'

/** All conversations, out of here and in again. */
export function Archive() {
  const s = useWords(WORDS)
  const field = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState('')
  const attempt = (what: Promise<string>) => {
    setProblem('')
    what.then(setSaid).catch((error: unknown) => setProblem(asProblem(error).message))
  }
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return ''
    const count = await moveIn(file, onceKey())
    void reloadConversations()
    return s.movedIn(count)
  }
  return (
    <Section title={s.archiveTitle}>
      <div className="settings-line">
        <Button onClick={() => attempt(downloadAll().then(() => ''))}>{s.takeOut}</Button>
        <Button onClick={() => field.current?.click()}>{s.moveIn}</Button>
        <input ref={field} type="file" hidden accept=".jsonl" aria-label={s.moveIn} onChange={(event) => attempt(take(event))} />
      </div>
      <p role="status">{said}</p>
      {problem && <Notice>{problem}</Notice>}
    </Section>
  )
}
