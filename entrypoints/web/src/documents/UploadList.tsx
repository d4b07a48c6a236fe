import { useText } from '../lib/i18n/language'
import { IconButton } from '../ui/Button'
import { CloseIcon } from '../ui/icons'
import { isOnItsWay, type Upload } from './uploads'
import './upload-list.css'

/** Files on their way, each with how far it is, and those that did not get there. */
export function UploadList({ uploads }: { uploads: readonly Upload[] }) {
  const t = useText()
  if (uploads.length === 0) return null
  return (
    <ul className="uploads" aria-label={t.uploads}>
      {uploads.map((each) => (
        <li key={each.key} className={each.problem ? 'upload upload-failed' : 'upload'}>
          <span className="upload-name" role={each.problem ? 'alert' : each.note ? 'status' : undefined}>
            {each.problem ?? each.note ?? each.name}
          </span>
          {isOnItsWay(each) && <progress aria-label={t.uploading(each.name)} value={each.share} max={1} />}
          <IconButton label={isOnItsWay(each) ? t.cancelUpload(each.name) : t.dismiss} onClick={each.cancel}>
            <CloseIcon />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}
