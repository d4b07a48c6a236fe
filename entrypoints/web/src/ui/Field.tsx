import { type ComponentProps, useId } from 'react'
import './field.css'

type FieldProps = ComponentProps<'input'> & { label: string; hint?: string }

/** A line to write in, with its name above it. */
export function Field({ label, hint, ...rest }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}
