import { useEffect } from 'react'
import { useText } from '../../lib/i18n/language'
import { navigate } from '../../lib/router'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { announce } from '../../ui/Status'
import { useLargest } from '../../documents/documents'
import { DropArea } from '../../documents/DropArea'
import { upload } from '../../documents/uploads'
import { attach } from '../composer/attached'
import { placeOf } from '../composer/Attachments'
import { Composer } from '../composer/Composer'
import { chosenModel } from '../composer/ModelPicker'
import { ask } from '../thread/ask'
import { watch } from '../thread/elsewhere'
import { stop } from '../thread/follow'
import { useThread } from '../thread/hooks'
import { load } from '../thread/load'
import type { Thread } from '../thread/thread'
import { ConnectionNote } from './ConnectionNote'
import { MessageList } from './MessageList'
import './chat.css'

/** One conversation: what was said, and where to say more. */
export function ChatPage({ thread }: { thread: Thread }) {
  const t = useText()
  const { phase, problem, runId, ended } = useThread(thread)
  const isAnswering = runId !== null
  const largest = useLargest()
  const onFiles = (files: File[]) => upload(placeOf(thread.id), files, largest, (id) => void attach(thread.id, id))

  useEffect(() => {
    if (thread.id !== null && thread.view.runId === null) void load(thread)
    return watch(thread)
  }, [thread])
  useEffect(() => {
    if (isAnswering) announce(t.answering)
    else if (ended) announce({ complete: t.answerComplete, stopped: t.answerStopped, failed: t.failedNote }[ended])
  }, [isAnswering, ended, t])

  if (phase === 'failed' && problem?.status === 404) return <Missing />
  return (
    <DropArea className={phase === 'new' ? 'chat chat-new' : 'chat'} onFiles={onFiles}>
      {phase === 'new' && (
        <div className="greeting">
          <h1>{t.greeting}</h1>
          <p>{t.greetingHint}</p>
        </div>
      )}
      {phase === 'loading' && (
        <div className="chat-wait" role="status">
          <span className="dots" aria-hidden="true" />
          <span className="visually-hidden">{t.loadingMessages}</span>
        </div>
      )}
      {phase === 'failed' && (
        <div className="chat-wait">
          <Notice action={<Button onClick={() => void load(thread)}>{t.tryAgain}</Button>}>
            {t.messagesFailed} {problem?.message}
          </Notice>
        </div>
      )}
      {phase === 'ready' && <MessageList thread={thread} />}
      <div className="chat-foot">
        <ConnectionNote thread={thread} />
        <Composer
          conversation={thread.id}
          isAnswering={isAnswering}
          onSend={(text) => void ask(thread, text, chosenModel())}
          onStop={() => void stop(thread).catch(() => {})} // the button stays: it can be pressed again
          onFiles={onFiles}
        />
      </div>
    </DropArea>
  )
}

function Missing() {
  const t = useText()
  return (
    <main className="chat">
      <div className="chat-wait">
        <h1 className="missing">{t.notFound}</h1>
        <Button onClick={() => navigate('/')}>{t.startNew}</Button>
      </div>
    </main>
  )
}
