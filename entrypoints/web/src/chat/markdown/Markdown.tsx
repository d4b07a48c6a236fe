import { type ComponentProps, memo, useId, useMemo } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { useText } from '../../lib/i18n/language'
import { Citation } from '../sources/Citation'
import { citations } from '../sources/citations'
import { CodeBlock } from './CodeBlock'
import { codeIn } from './code-in'
import { fenceOf } from './fence'
import { NoteMention, NotesOf } from './Footnotes'
import { Formula } from './Formula'
import { formulaOf, withFormulas } from './math'
import { arranged, NOTE_LINK } from './references'
import { mended } from './tail'
import './markdown.css'

// one identity for all renders: new ones would parse every block anew
const PLUGINS = [remarkGfm, citations]
const COMPONENTS: Components = {
  a: ({ node: _, href, ...rest }) =>
    href?.startsWith(NOTE_LINK) ? (
      <NoteMention href={href} />
    ) : (
      <a {...rest} href={href} target="_blank" rel="noopener noreferrer nofollow" />
    ),
  // a picture from elsewhere would tell its server who reads; the policy of the page would not load it anyway
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || src}
    </a>
  ),
  code: ({ node: _, children, ...rest }) => {
    const formula = typeof children === 'string' ? formulaOf(children) : null
    return formula ? <Formula {...formula} /> : <code dir="ltr" {...rest}>{children}</code>
  },
  cite: ({ node }) => <Citation rank={Number(node?.properties.dataRank)} />,
  pre: ({ node }) => <CodeBlock {...codeIn(node)} />,
  table: ({ node: _, ...rest }: ComponentProps<'table'> & { node?: unknown }) => (
    <div className="table-scroll" tabIndex={0}>
      <table {...rest} />
    </div>
  ),
  ...directions(),
}

/**
 * Blocks of Markdown, of which only those are rendered that changed. HTML in them is shown as text. Of one that is
 * growing, what is half there at the end is never shown as its source.
 */
export function Markdown({ blocks, isGrowing = false }: { blocks: readonly string[]; isGrowing?: boolean }) {
  const t = useText()
  const id = useId()
  const shown = useMemo(() => arranged(isGrowing ? withMendedTail(blocks) : blocks, isGrowing), [blocks, isGrowing])
  return (
    <NotesOf value={id}>
      <div className="prose" dir="auto">
        {shown.blocks.map((block, place) => (
          <Block key={place} text={block} />
        ))}
        {shown.notes.length > 0 && (
          <ol className="footnotes" aria-label={t.footnotes}>
            {shown.notes.map((note, place) => (
              <li key={place} id={`${id}${place + 1}`} tabIndex={-1}>
                <Block text={note} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </NotesOf>
  )
}

const withMendedTail = (blocks: readonly string[]) => [...blocks.slice(0, -1), ...blocks.slice(-1).map(mended)]

const Block = memo(({ text }: { text: string }) => {
  const fence = fenceOf(text)
  if (fence) return <CodeBlock {...fence} />
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {withFormulas(text)}
    </ReactMarkdown>
  )
})

/** Each paragraph, heading and list in the direction of its own words. */
function directions(): Components {
  const names = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'blockquote', 'th', 'td'] as const
  return Object.fromEntries(
    names.map((Name) => [Name, ({ node: _, ...rest }: Record<string, unknown>) => <Name dir="auto" {...rest} />]),
  )
}
