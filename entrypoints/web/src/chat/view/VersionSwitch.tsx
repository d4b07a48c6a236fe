import { useText } from '../../lib/i18n/language'
import { asProblem } from '../../lib/api/problem'
import { IconButton } from '../../ui/Button'
import { BackIcon, ForthIcon } from '../../ui/icons'
import { announce } from '../../ui/Status'
import { showBranch } from '../thread/ask'
import { useThread } from '../thread/hooks'
import type { MessageView } from '../thread/message-view'
import type { Thread } from '../thread/thread'

/** Goes between the branches that fork at a message. */
export function VersionSwitch({ thread, message }: { thread: Thread; message: MessageView }) {
  const t = useText()
  const { forks, runId } = useThread(thread)
  const ids = forks.find((fork) => message.id !== null && fork.message_ids.includes(message.id))?.message_ids
  if (!ids || message.id === null) return null
  const at = ids.indexOf(message.id)
  const go = (to: number | undefined) => {
    if (to !== undefined) showBranch(thread, to).catch((error: unknown) => announce(asProblem(error).message))
  }
  return (
    <span className="versions">
      <IconButton label={t.previousVersion} disabled={at === 0 || runId !== null} onClick={() => go(ids[at - 1])}>
        <BackIcon />
      </IconButton>
      <span>{t.versionOf(at + 1, ids.length)}</span>
      <IconButton label={t.nextVersion} disabled={at === ids.length - 1 || runId !== null} onClick={() => go(ids[at + 1])}>
        <ForthIcon />
      </IconButton>
    </span>
  )
}
