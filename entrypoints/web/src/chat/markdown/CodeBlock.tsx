import { memo, type ReactNode } from 'react'
import { CopyButton } from '../../ui/CopyButton'
import { useText } from '../../lib/i18n/language'
import { partsOf } from './code-parts'
import { useColours } from './colours'
import type { Fence } from './fence'

/** A fence of Markdown, with its language and a way to copy exactly what is in it. */
export const CodeBlock = memo(({ language, source }: Fence) => {
  const t = useText()
  const coloured = useColours(source, language)
  const parts = partsOf(source)
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language}</span>
        <CopyButton label={t.copyCode} content={() => source} />
      </figcaption>
      <pre tabIndex={0}>
        <code>
          {parts.length === 1
            ? (coloured[0] ?? source)
            : parts.map((part, place) => <Part key={place}>{coloured[place] ?? part}</Part>)}
        </code>
      </pre>
    </figure>
  )
})

/** Of long code only the part that changes is laid out again: the last one while it grows. */
const Part = memo(({ children }: { children: ReactNode }) => <span className="code-part">{children}</span>)
