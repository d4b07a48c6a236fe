import { useEffect } from 'react'
import { useDocument } from '../../documents/documents'
import { DocumentState } from '../../documents/DocumentState'
import { UploadList } from '../../documents/UploadList'
import { useUploads } from '../../documents/uploads'
import { useText } from '../../lib/i18n/language'
import { Link } from '../../lib/router'
import { IconButton } from '../../ui/Button'
import { CloseIcon } from '../../ui/icons'
import { detach, useAttached } from './attached'
import './attachments.css'

export const placeOf = (conversation: number | null): string => `conversation ${conversation ?? 'new'}`

/** The documents that the next answer rests on, and those on their way. */
export function Attachments({ conversation }: { conversation: number | null }) {
  const t = useText()
  const ids = useAttached(conversation)
  const uploads = useUploads(placeOf(conversation))
  return (
    <>
      <UploadList uploads={uploads} />
      {ids.length > 0 && (
        <ul className="chips" aria-label={t.attached}>
          {ids.map((id) => (
            <Chip key={id} id={id} conversation={conversation} />
          ))}
        </ul>
      )}
    </>
  )
}

function Chip({ id, conversation }: { id: number; conversation: number | null }) {
  const t = useText()
  const { data, error } = useDocument(id)
  const isGone = error !== null && data === undefined
  useEffect(() => {
    if (isGone && conversation === null) void detach(null, id) // deleted since
  }, [isGone, conversation, id])
  if (!data) return null
  return (
    <li className="chip">
      <Link to={`/library/${id}`} className="chip-name" title={data.filename}>
        {data.filename}
      </Link>
      <DocumentState document={data} />
      <IconButton label={t.detach(data.filename)} onClick={() => void detach(conversation, id)}>
        <CloseIcon />
      </IconButton>
    </li>
  )
}
