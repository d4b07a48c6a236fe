import { useState } from 'react'
import type { Approval } from '../../lib/api/client'
import { asProblem } from '../../lib/api/problem'
import { useText } from '../../lib/i18n/language'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { decide } from './approvals'
import './tools.css'

interface ApprovalCardProps {
  approval: Approval
  /** What is asked, when it is no call of a tool. */
  question?: string
}

/** A question to a person: nothing goes on until it is answered. */
export function ApprovalCard({ approval, question }: ApprovalCardProps) {
  const t = useText()
  const written = JSON.stringify(approval.arguments, null, 2)
  const [edited, setEdited] = useState<string | null>(null)
  const [remark, setRemark] = useState('')
  const [problem, setProblem] = useState('')
  const [isSent, setSent] = useState(false)
  const answer = async (allowed: boolean) => {
    const given = edited === null ? null : objectIn(edited)
    if (given === undefined) return setProblem(t.argumentsBroken)
    setSent(true)
    try {
      await decide(approval, allowed, { ...(allowed && given && { arguments: given }), ...(remark.trim() && { reason: remark.trim() }) })
    } catch (error) {
      setProblem(asProblem(error).message)
      setSent(false)
    }
  }
  return (
    <section className="approval" aria-label={question ?? t.approvalOf(approval.tool)}>
      <p className="approval-question">{question ?? t.approvalOf(approval.tool)}</p>
      {approval.reason === 'unknown_outcome' && <p className="approval-doubt">{t.unknownOutcome}</p>}
      {question === undefined &&
        (edited === null ? (
          <pre tabIndex={0}>{written}</pre>
        ) : (
          <textarea autoFocus dir="ltr" spellCheck={false} aria-label={t.toolArguments} value={edited} onChange={(event) => setEdited(event.target.value)} />
        ))}
      {question !== undefined && (
        <label className="approval-remark">
          {t.remark}
          <textarea dir="auto" maxLength={2000} value={remark} onChange={(event) => setRemark(event.target.value)} />
        </label>
      )}
      {problem && <Notice>{problem}</Notice>}
      <div className="approval-buttons">
        <Button look="strong" disabled={isSent} onClick={() => void answer(true)}>
          {t.allow}
        </Button>
        <Button disabled={isSent} onClick={() => void answer(false)}>
          {t.deny}
        </Button>
        {question === undefined && edited === null && (
          <Button look="quiet" disabled={isSent} onClick={() => setEdited(written)}>
            {t.editArguments}
          </Button>
        )}
      </div>
    </section>
  )
}

/** Undefined for what is no JSON object. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
