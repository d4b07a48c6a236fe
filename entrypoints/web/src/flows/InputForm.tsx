import { type FormEvent, useState } from 'react'
import { api, good, onceKey, type Schemas } from '../lib/api/client'
import { asProblem } from '../lib/api/problem'
import { useWords } from '../lib/i18n/words'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { type Field, fieldsOf, given } from './fields'
import { WORDS } from './words'

interface InputFormProps {
  workflow: Schemas['WorkflowOut']
  onStarted: (run: number) => void
}

/** A form made from the schema of a workflow's inputs. */
export function InputForm({ workflow, onStarted }: InputFormProps) {
  const w = useWords(WORDS)
  const [problem, setProblem] = useState('')
  const [once, setOnce] = useState(onceKey)
  const fields = fieldsOf(workflow.inputs)
  const start = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const params = { path: { name: workflow.name }, header: { 'idempotency-key': once } }
    const body = given(fields, new FormData(event.currentTarget))
    try {
      const run = await good(api.POST('/workflows/{name}/runs', { params, body }))
      onStarted(run.id)
    } catch (error) {
      setProblem(asProblem(error).message)
      if (asProblem(error).status > 0) setOnce(onceKey()) // refused: what is sent next is another wish
    }
  }
  return (
    <form className="flow-form" onSubmit={(event) => void start(event)}>
      {fields.map((field) => (
        <label key={field.name} className={field.type === 'boolean' ? 'flow-check' : undefined}>
          <span>
            {field.name.replaceAll('_', ' ')}
            {field.isNeeded && <span className="flow-needed"> · {w.needed}</span>}
          </span>
          <Input field={field} />
          {field.description && <small>{field.description}</small>}
        </label>
      ))}
      {problem && <Notice>{problem}</Notice>}
      <Button look="strong" type="submit">
        {w.run}
      </Button>
    </form>
  )
}

function Input({ field }: { field: Field }) {
  const { name, type, isNeeded, initial } = field
  if (type === 'boolean') return <input name={name} type="checkbox" defaultChecked={initial === 'true'} />
  if (type === 'string')
    return <textarea name={name} dir="auto" rows={2} required={isNeeded} defaultValue={initial} minLength={field.least} maxLength={field.most} />
  return (
    <input name={name} type="number" step={type === 'integer' ? 1 : 'any'} required={isNeeded} defaultValue={initial} min={field.least} max={field.most} />
  )
}
