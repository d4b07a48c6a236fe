import { type ComponentProps, memo } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CodeBlock } from './CodeBlock'
import './markdown.css'

// one identity for all renders: new ones would parse every block anew
const PLUGINS = [remarkGfm]
const COMPONENTS: Components = {
  a: ({ node: _, ...rest }) => <a {...rest} target="_blank" rel="noopener noreferrer nofollow" />,
  // a picture from elsewhere would tell its server who reads; the policy of the page would not load it anyway
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || src}
    </a>
  ),
  pre: ({ node }) => <CodeBlock node={node} />,
  table: ({ node: _, ...rest }: ComponentProps<'table'> & { node?: unknown }) => (
    <div className="table-scroll" tabIndex={0}>
      <table {...rest} />
    </div>
  ),
}

/** Blocks of Markdown, of which only those are rendered that changed. HTML in them is shown as text. */
export function Markdown({ blocks }: { blocks: readonly string[] }) {
  return (
    <div className="prose" dir="auto">
      {blocks.map((block, place) => (
        <Block key={place} text={block} />
      ))}
    </div>
  )
}

const Block = memo(({ text }: { text: string }) => (
  <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
    {text}
  </ReactMarkdown>
))
