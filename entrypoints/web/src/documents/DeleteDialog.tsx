import { useState } from 'react'
import { api, good } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useText } from '../lib/i18n/language'
import { bytes } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Notice } from '../ui/Notice'
import { type Document, reloadDocuments } from './documents'
import { WORDS } from './words'

interface DeleteDialogProps {
  /** Null: nothing is to be deleted. */
  document: Document | null
  onClose: () => void
  /** Hears what was erased. */
  onGone: (report: string) => void
}

export function DeleteDialog({ document, onClose, onGone }: DeleteDialogProps) {
  const t = useText()
  const w = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const close = () => {
    setProblem('')
    onClose()
  }
  const remove = async () => {
    if (!document) return
    try {
      const gone = await good(api.DELETE('/documents/{id}', { params: { path: { id: document.document_id } } }))
      onGone(w.removed(document.filename, bytes(gone.bytes), gone.chunks, gone.vectors, gone.answers))
      close()
    } catch (error) {
      setProblem(asProblem(error).message)
    }
    await reloadDocuments()
  }
  return (
    <Dialog title={w.removeTitle} isOpen={document !== null} onClose={close}>
      <p>{document && w.removeHint(document.filename)}</p>
      {problem && <Notice>{problem}</Notice>}
      <div className="dialog-buttons">
        <Button look="quiet" onClick={close}>
          {t.cancel}
        </Button>
        <Button look="strong" onClick={() => void remove()}>
          {w.remove}
        </Button>
      </div>
    </Dialog>
  )
}
