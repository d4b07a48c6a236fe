import { createContext, useContext } from 'react'
import type { Source } from '../../lib/api/client'

const Known = createContext<readonly Source[]>([])

/** The sources of the answer that is inside. */
export const KnownSources = Known.Provider

export const useSources = (): readonly Source[] => useContext(Known)

/** Where the words of a source stand. */
export const addressOf = ({ doc_id, start, end }: Source): string => `/library/${doc_id}?start=${start}&end=${end}`
