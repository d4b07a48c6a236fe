import { useState } from 'react'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { DeleteDialog } from './DeleteDialog'
import { DocumentRow } from './DocumentRow'
import { type Document, reloadDocuments, useDocuments, useLargest } from './documents'
import { DropArea } from './DropArea'
import { FileButton } from './FileButton'
import { UploadList } from './UploadList'
import { upload, useUploads } from './uploads'
import { WORDS } from './words'
import '../ui/page.css'
import './library.css'

const PLACE = 'library'

/** Every document, with what can be done with it. */
export default function LibraryPage() {
  const t = useText()
  const w = useWords(WORDS)
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useDocuments()
  const uploads = useUploads(PLACE)
  const largest = useLargest()
  const [unwanted, setUnwanted] = useState<Document | null>(null)
  const [report, setReport] = useState('')
  const onFiles = (files: File[]) => upload(PLACE, files, largest, () => void reloadDocuments())
  return (
    <DropArea className="page" onFiles={onFiles}>
      <div className="page-body">
        <header className="page-head">
          <h1>{t.documents}</h1>
          <FileButton onFiles={onFiles}>
            {(choose) => (
              <Button look="strong" onClick={choose}>
                {w.upload}
              </Button>
            )}
          </FileButton>
        </header>
        <p className="page-hint">{w.hint}</p>
        <p className="library-report" role="status">
          {report}
        </p>
        <UploadList uploads={uploads} />
        {error && !data && (
          <Notice action={<Button onClick={() => void refetch()}>{t.tryAgain}</Button>}>
            {w.failed} {asProblem(error).message}
          </Notice>
        )}
        {data?.length === 0 && <p className="page-none">{w.none}</p>}
        {data && data.length > 0 && (
          <ul className="documents" aria-label={t.documents}>
            {data.map((document) => (
              <DocumentRow key={document.document_id} document={document} onDelete={() => setUnwanted(document)} />
            ))}
          </ul>
        )}
        {hasNextPage && (
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {w.more}
          </Button>
        )}
      </div>
      <DeleteDialog document={unwanted} onClose={() => setUnwanted(null)} onGone={setReport} />
    </DropArea>
  )
}
