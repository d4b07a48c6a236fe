import { Markdown } from '../chat/markdown/Markdown'
import { split } from '../chat/markdown/blocks'
import type { Schemas } from '../lib/api/client'
import { useText } from '../lib/i18n/language'
import { useWords } from '../lib/i18n/words'
import { CopyButton } from '../ui/CopyButton'
import { WORDS } from './words'

export function StepList({ steps }: { steps: Schemas['StepProgressOut'][] }) {
  const w = useWords(WORDS)
  return (
    <ol className="flow-steps" aria-label={w.graph}>
      {steps.map((step) => (
        <li key={step.name} data-state={step.state}>
          <span className="flow-step">
            {step.name} <span className="flow-state">{w.states[step.state]}</span>
          </span>
          {step.problem && <p className="flow-problem">{step.problem}</p>}
          {step.output != null && (
            <details className="aside">
              <summary>{w.outputOf(step.name)}</summary>
              <ValueOf value={step.output} />
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

/** A text as Markdown, and anything else as JSON. */
export function ValueOf({ value }: { value: unknown }) {
  const t = useText()
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <div className="flow-value">
      {typeof value === 'string' ? <Markdown blocks={split(value)} /> : <pre tabIndex={0}>{text}</pre>}
      <CopyButton label={t.copy} content={() => text} />
    </div>
  )
}
