/** One input of a workflow. `least` and `most` are characters of a text, or the bounds of a number. */
export interface Field {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean'
  description: string
  isNeeded: boolean
  initial: string | undefined
  least: number | undefined
  most: number | undefined
}

interface Property {
  type?: Field['type']
  description?: string
  default?: unknown
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** The fields of a JSON Schema of an object, as docs/workflows.md has its inputs. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>
  const required = (schema.required ?? []) as string[]
  return Object.entries(properties).map(([name, each]) => ({
    name,
    type: each.type ?? 'string',
    description: each.description ?? '',
    isNeeded: required.includes(name),
    initial: each.default === undefined ? undefined : String(each.default),
    least: each.minLength ?? each.minimum,
    most: each.maxLength ?? each.maximum,
  }))
}

/** What was filled in. What was left empty is left out. */
export function given(fields: readonly Field[], form: FormData): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { name, type } of fields) {
    const value = form.get(name)
    if (type === 'boolean') values[name] = value !== null
    else if (typeof value === 'string' && value !== '') values[name] = type === 'string' ? value : Number(value)
  }
  return values
}
