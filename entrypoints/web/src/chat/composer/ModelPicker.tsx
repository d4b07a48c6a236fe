import { useSyncExternalStore } from 'react'
import { useText } from '../../lib/i18n/language'
import { useModels } from '../../lib/queries'
import { keep, kept, whenKept } from '../../lib/storage'

const CHOSEN = 'model'

/** The model that the reader wants, if it is another than the server's own. */
export const chosenModel = (): string | null => kept<string | null>(CHOSEN, null)

const subscribe = (changed: () => void) => whenKept(CHOSEN, changed)

export function ModelPicker() {
  const t = useText()
  const { data: models = [] } = useModels()
  const chosen = useSyncExternalStore(subscribe, chosenModel)
  const shown = models.find((model) => model.id === chosen) ?? models.find((model) => model.is_default)
  if (!shown) return <span />
  if (models.length === 1) return <span className="model-name">{nameOf(shown.id)}</span>
  return (
    <select
      className="model-picker"
      aria-label={t.model}
      value={shown.id}
      onChange={(event) => {
        const isDefault = models.some((model) => model.id === event.target.value && model.is_default)
        keep(CHOSEN, isDefault ? null : event.target.value)
      }}
    >
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {nameOf(model.id)}
        </option>
      ))}
    </select>
  )
}

const nameOf = (id: string) => id.slice(id.indexOf(':') + 1)
