import { useEffect } from 'react'
import { useText } from '../../lib/i18n/language'
import { announce } from '../../ui/Status'
import type { ToolSegment } from '../thread/message-view'
import { ApprovalCard } from './ApprovalCard'
import { useApprovals } from './approvals'
import './tools.css'

interface ToolCallProps {
  call: ToolSegment
  runId: number | null
  /** The run of the answer has. */
  hasEnded: boolean
}

/** A call of a tool: its name and how it stands, with more to unfold, and the question to a person if there is one. */
export function ToolCall({ call, runId, hasEnded }: ToolCallProps) {
  const t = useText()
  const news = `${hasEnded} ${call.asked} ${call.allowed}`
  const approval = useApprovals(runId, call.asked || hasEnded, news).find(({ call_id }) => call_id === call.callId)
  const isOpen = approval?.status === 'pending' && call.allowed === null && !hasEnded
  useEffect(() => {
    if (isOpen) announce(t.approvalOf(call.name))
  }, [isOpen, call.name, t])
  const isDenied = call.allowed === false || approval?.status === 'rejected'
  const state = isOpen ? 'asks' : isDenied ? 'denied' : call.isError ? 'failed' : call.result !== null ? 'done' : hasEnded ? 'undone' : 'runs'
  return (
    <div className="tool" data-state={state}>
      <details className="aside">
        <summary>
          <code>{call.name}</code> <span className="tool-state">{t.toolStates[state]}</span>
          {approval?.status === 'approved' && <span className="tool-state"> · {t.allowed}</span>}
        </summary>
        <h3>{t.toolArguments}</h3>
        <pre tabIndex={0}>{call.arguments}</pre>
        {call.result !== null && (
          <>
            <h3>{t.toolResult}</h3>
            <pre tabIndex={0}>{call.result}</pre>
          </>
        )}
      </details>
      {isOpen && <ApprovalCard approval={approval} />}
    </div>
  )
}
