const NUMBER = /\[(\d{1,3})\]/

interface Node {
  type: string
  value?: string
  children?: Node[]
  data?: { hName: string; hProperties: Record<string, string> }
}

/** Turns each number in brackets that stands in a text (not in code or a link) into a place for a citation. */
export const citations = () => (tree: Node) => mark(tree)

function mark(node: Node): void {
  if (!node.children || node.type === 'link' || node.type === 'linkReference') return
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text' && NUMBER.test(child.value ?? '')) return parts(child.value ?? '')
    mark(child)
    return [child]
  })
}

const parts = (text: string): Node[] =>
  text
    .split(NUMBER) // every other one is a number
    .map((part, place) => (place % 2 ? citation(part) : { type: 'text', value: part }))
    .filter(({ value }) => value !== '')

const citation = (rank: string): Node => ({
  type: 'citation',
  data: { hName: 'cite', hProperties: { dataRank: rank } },
  children: [],
})
