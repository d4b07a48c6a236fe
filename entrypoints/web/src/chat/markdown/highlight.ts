import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { common, createLowlight } from 'lowlight'
import type { ReactNode } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'

const lowlight = createLowlight(common)

/** Null for a language that is not known. */
export function highlighted(source: string, language: string): ReactNode {
  if (!lowlight.registered(language)) return null
  return toJsxRuntime(lowlight.highlight(language, source), { Fragment, jsx, jsxs })
}
