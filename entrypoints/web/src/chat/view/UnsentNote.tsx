import { useText } from '../../lib/i18n/language'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { chosenModel } from '../composer/ModelPicker'
import { askAgain } from '../thread/ask'
import type { MessageView } from '../thread/message-view'
import type { Thread } from '../thread/thread'

/** A question that did not get through. Its words are the draft still, so a reload loses nothing. */
export function UnsentNote({ thread, message }: { thread: Thread; message: MessageView }) {
  const t = useText()
  const again = <Button onClick={() => void askAgain(thread, message.key, chosenModel())}>{t.tryAgain}</Button>
  return (
    <Notice action={again}>
      {t.unsentNote} {message.problem}
    </Notice>
  )
}
