import { useState } from 'react'
import { attachToNew } from '../chat/composer/attached'
import { api, good, onceKey } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { bytes, moment } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { Link, navigate } from '../lib/router'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { type Document, isTakenIn, noteDocument } from './documents'
import { DocumentState } from './DocumentState'
import { WORDS } from './words'

interface DocumentRowProps {
  document: Document
  onDelete: () => void
}

export function DocumentRow({ document, onDelete }: DocumentRowProps) {
  const w = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const { document_id: id, filename: name, status } = document
  const path = { id }
  const act = (asked: Promise<Document>) => asked.then(noteDocument, (error: unknown) => setProblem(asProblem(error).message))
  const retry = () => {
    const header = { 'idempotency-key': onceKey() }
    void act(good(api.POST('/documents/{id}/retry', { params: { path, header } })))
  }
  const stop = () => void act(good(api.POST('/documents/{id}/cancel', { params: { path } })))
  const ask = () => {
    attachToNew([id])
    navigate('/')
  }
  const facts = [document.pages ? w.pages(document.pages) : '', bytes(document.size_bytes), moment(document.created_at)]
  return (
    <li className="document" aria-label={name}>
      <div className="document-about">
        <h2>{status === 'ready' ? <Link to={`/library/${id}`}>{name}</Link> : name}</h2>
        <p>
          <DocumentState document={document} />
          <span className="document-facts">{facts.filter(Boolean).join(' · ')}</span>
        </p>
        {document.problem && <p className="document-problem">{document.problem.message}</p>}
      </div>
      <div className="document-actions">
        {status === 'ready' && (
          <Button onClick={ask} aria-label={w.of(w.ask, name)}>
            {w.ask}
          </Button>
        )}
        {(status === 'failed' || status === 'cancelled') && (
          <Button onClick={retry} aria-label={w.of(w.retry, name)}>
            {w.retry}
          </Button>
        )}
        {isTakenIn(document) && (
          <Button onClick={stop} aria-label={w.of(w.stop, name)}>
            {w.stop}
          </Button>
        )}
        <Button look="quiet" onClick={onDelete} aria-label={w.of(w.remove, name)}>
          {w.remove}
        </Button>
      </div>
      {problem && <Notice>{problem}</Notice>}
    </li>
  )
}
