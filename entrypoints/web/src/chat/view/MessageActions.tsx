import { useText } from '../../lib/i18n/language'
import { asProblem } from '../../lib/api/problem'
import { addressOf } from '../../lib/router'
import { IconButton } from '../../ui/Button'
import { CopyButton } from '../../ui/CopyButton'
import { AgainIcon, EditIcon, LinkIcon } from '../../ui/icons'
import { announce } from '../../ui/Status'
import { chosenModel } from '../composer/ModelPicker'
import { regenerate } from '../thread/ask'
import { useThread } from '../thread/hooks'
import { type MessageView, textOf } from '../thread/message-view'
import type { Thread } from '../thread/thread'
import { VersionSwitch } from './VersionSwitch'

const linkTo = (conversation: number, message: number) => () => location.origin + addressOf(conversation, message)

interface ActionsProps {
  thread: Thread
  message: MessageView
  onEdit?: () => void
}

/** What can be done with a message that the server has. */
export function MessageActions({ thread, message, onEdit }: ActionsProps) {
  const t = useText()
  const { runId } = useThread(thread)
  if (message.id === null) return <div className="actions" />
  const again = () => {
    regenerate(thread, message.key, chosenModel()).catch((error: unknown) => announce(asProblem(error).message))
  }
  return (
    <div className="actions">
      <VersionSwitch thread={thread} message={message} />
      <CopyButton label={t.copy} content={() => textOf(message)} />
      {thread.id !== null && <CopyButton label={t.copyLink} icon={<LinkIcon />} content={linkTo(thread.id, message.id)} />}
      {onEdit ? (
        <IconButton label={t.edit} disabled={runId !== null} onClick={onEdit}>
          <EditIcon />
        </IconButton>
      ) : (
        <IconButton label={t.regenerate} disabled={runId !== null} onClick={again}>
          <AgainIcon />
        </IconButton>
      )}
    </div>
  )
}
