import { useSyncExternalStore } from 'react'
import { asProblem } from '../lib/api/problem'
import { text } from '../lib/i18n/language'
import { bytes } from '../lib/i18n/numbers'
import { announce } from '../ui/Status'
import { noteDocument } from './documents'
import { sendFile } from './send-file'

/** A file on its way to the server, or what is to be said of one that is not any more. */
export interface Upload {
  readonly key: number
  readonly name: string
  /** From 0 to 1. */
  readonly share: number
  readonly problem: string | null
  /** It is there, and something is to be said of it. */
  readonly note: string | null
  readonly cancel: () => void
}

/** What the server reads, by the ends of names; which it really is the server sees from the bytes. */
export const READABLE = '.pdf,.txt,.md,.markdown,.html,.htm,.docx,.csv,.text,.log'

let uploads: readonly (Upload & { place: string })[] = []
let last = 0
const listeners = new Set<() => void>()

/** Uploads for a place, such as a conversation: they go on when it is not looked at. */
export function useUploads(place: string): readonly Upload[] {
  const all = useSyncExternalStore(subscribe, () => uploads)
  return all.filter((each) => each.place === place)
}

/** Send these files; what cannot be read is refused before. `arrived` hears of each that got there. */
export function upload(place: string, files: Iterable<File>, largest: number, arrived: (id: number) => void): void {
  for (const file of files) void begin(place, file, largest, arrived)
}

async function begin(place: string, file: File, largest: number, arrived: (id: number) => void): Promise<void> {
  const stopping = new AbortController()
  const key = ++last
  const cancel = () => {
    stopping.abort()
    change(uploads.filter((each) => each.key !== key))
  }
  const problem = refused(file, largest)
  change([...uploads, { place, key, name: file.name, share: 0, problem, note: null, cancel }])
  if (problem) return
  try {
    const sent = await sendFile(file, (share) => alter(key, { share }), stopping.signal)
    noteDocument(sent.document)
    if (sent.isKnown) alter(key, { note: text().sameDocument(sent.document.filename) })
    else cancel()
    announce(text().uploaded(file.name))
    arrived(sent.document.document_id)
  } catch (error) {
    if (!stopping.signal.aborted) alter(key, { problem: `${file.name}: ${asProblem(error).message}` })
  }
}

function refused(file: File, largest: number): string | null {
  const t = text()
  const isReadable = READABLE.split(',').some((end) => file.name.toLowerCase().endsWith(end)) || file.type.startsWith('text/')
  if (!isReadable) return t.cannotRead(file.name)
  if (file.size > largest) return t.tooLarge(file.name, bytes(largest))
  return file.size === 0 ? t.emptyFile(file.name) : null
}

/** It is still on its way. */
export const isOnItsWay = ({ problem, note }: Upload): boolean => problem === null && note === null

const alter = (key: number, difference: Partial<Upload>) =>
  change(uploads.map((each) => (each.key === key ? { ...each, ...difference } : each)))

function change(to: typeof uploads): void {
  uploads = to
  for (const listener of listeners) listener()
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
