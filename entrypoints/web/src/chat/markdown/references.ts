import { outsideCode } from './code-aware'

/** Blocks that can be rendered each by itself although they speak of one another, and the footnotes of all of them. */
export interface Arranged {
  blocks: readonly string[]
  notes: readonly string[]
}

/** A link within the page to a footnote, as Markdown. */
export const NOTE_LINK = '#note-'

const DEFINITION = /^ {0,3}\[(\^?)((?:\\.|[^\]\\\n])+)\]:[ \t]*(.*)$/
const MAY_REFER = /\]:|\[\^|\]\[/
const FENCED = /^ {0,3}(`{3}|~{3})/

/**
 * Bring link definitions to the blocks that use them, and number footnotes in the order in which they are mentioned. A
 * mention of a note that is not there yet is left out while the answer grows, and a link's words stand for the link.
 */
export function arranged(blocks: readonly string[], isGrowing: boolean): Arranged {
  if (!blocks.some((block) => MAY_REFER.test(block))) return { blocks, notes: [] }
  const links = new Map<string, string>()
  const notes = new Map<string, string>()
  const kept = blocks.map((block) => (block.includes(']:') && !FENCED.test(block) ? withoutNotes(block, links, notes) : block))
  const numbers = new Map<string, number>()
  const mentioned = (text: string) => withNumbers(withLinks(text, links, isGrowing), notes, numbers, isGrowing)
  const arranged = kept.map((block) => (FENCED.test(block) ? block : mentioned(block)))
  return { blocks: arranged, notes: [...numbers.keys()].map((label) => withLinks(notes.get(label) ?? '', links, isGrowing)) }
}

/** The block without its footnotes, which are noted like its link definitions. */
function withoutNotes(block: string, links: Map<string, string>, notes: Map<string, string>): string {
  const kept: string[] = []
  let note = ''
  for (const line of block.split('\n')) {
    const [, caret, label = '', rest = ''] = DEFINITION.exec(line) ?? []
    if (caret === '^') {
      note = named(label)
      notes.set(note, rest)
    } else if (caret === '') {
      note = ''
      links.set(named(label), line.trim())
      kept.push(line)
    } else if (note) notes.set(note, `${notes.get(note)}\n${line.replace(/^( {1,4}|\t)/, '')}`)
    else kept.push(line)
  }
  return kept.join('\n')
}

const REFERENCE = /\[((?:\\.|[^\]\\[])+)\](?![(:])/g

function withLinks(text: string, links: ReadonlyMap<string, string>, isGrowing: boolean): string {
  if (!text.includes(']')) return text
  const used = new Set<string>()
  for (const [, label = ''] of links.size ? text.matchAll(REFERENCE) : []) {
    const link = links.get(named(label))
    if (link && !text.includes(link)) used.add(link)
  }
  const shown = isGrowing && text.includes('][') ? outsideCode(text, (plain) => withoutUnknown(plain, links)) : text
  return used.size ? `${shown}\n\n${[...used].join('\n')}` : shown
}

const withoutUnknown = (plain: string, links: ReadonlyMap<string, string>) =>
  plain.replace(/\[([^\]\n]+)\]\[([^\]\n]*)\]/g, (whole: string, words: string, label: string) =>
    links.has(named(label || words)) ? whole : words,
  )

function withNumbers(text: string, notes: ReadonlyMap<string, string>, numbers: Map<string, number>, isGrowing: boolean): string {
  if (!text.includes('[^')) return text
  return outsideCode(text, (plain) =>
    plain.replace(/\[\^([^\]\s]+)\]/g, (whole: string, label: string) => {
      const name = named(label)
      if (!notes.has(name)) return isGrowing ? '' : whole
      const number = numbers.get(name) ?? numbers.size + 1
      numbers.set(name, number)
      return `[${number}](${NOTE_LINK}${number})`
    }),
  )
}

const named = (label: string) => label.trim().replace(/\s+/g, ' ').toLowerCase()
