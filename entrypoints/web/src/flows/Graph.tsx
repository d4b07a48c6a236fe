import { useWords } from '../lib/i18n/words'
import { WORDS } from './words'

export interface GraphStep {
  name: string
  kind: string
  needs: string[]
  state: 'pending' | 'running' | 'waiting' | 'completed' | 'failed'
}

const BOX = { width: 150, height: 40 }
const GAP = { x: 20, y: 28 }

/** The steps, each below those that it needs, in the colours of their states. The list beside it says the same. */
export function Graph({ steps }: { steps: readonly GraphStep[] }) {
  const w = useWords(WORDS)
  const places = placed(steps)
  const rows = Math.max(...[...places.values()].map(({ row }) => row)) + 1
  const widest = Math.max(...[...places.values()].map(({ of }) => of))
  const width = widest * (BOX.width + GAP.x) + GAP.x
  const height = rows * (BOX.height + GAP.y) + GAP.y
  const left = (name: string) => {
    const { column, of } = places.get(name) ?? { column: 0, of: 1 }
    return width / 2 + (column - of / 2) * (BOX.width + GAP.x) + GAP.x / 2
  }
  const top = (name: string) => (places.get(name)?.row ?? 0) * (BOX.height + GAP.y) + GAP.y / 2
  return (
    <svg className="graph" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={w.graph}>
      {steps.flatMap((step) =>
        step.needs.map((need) => (
          <path
            key={`${need} ${step.name}`}
            d={`M${left(need) + BOX.width / 2} ${top(need) + BOX.height}C${left(need) + BOX.width / 2} ${top(need) + BOX.height + GAP.y} ${left(step.name) + BOX.width / 2} ${top(step.name) - GAP.y} ${left(step.name) + BOX.width / 2} ${top(step.name)}`}
          />
        )),
      )}
      {steps.map((step) => (
        <g key={step.name} data-state={step.state} transform={`translate(${left(step.name)} ${top(step.name)})`}>
          <rect width={BOX.width} height={BOX.height} rx={step.kind === 'approval' ? BOX.height / 2 : 8} />
          <text x={BOX.width / 2} y={BOX.height / 2 + 4} textAnchor="middle">
            {step.name.length > 18 ? `${step.name.slice(0, 17)}…` : step.name}
          </text>
        </g>
      ))}
    </svg>
  )
}

interface Place {
  row: number
  column: number
  /** How many are in this row. */
  of: number
}

/** A step's row is one below the lowest of those that it needs. */
function placed(steps: readonly GraphStep[]): Map<string, Place> {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const rows = new Map<string, number>()
  const rowOf = (name: string): number => {
    const known = rows.get(name)
    if (known !== undefined) return known
    const row = 1 + Math.max(-1, ...(byName.get(name)?.needs ?? []).map(rowOf))
    rows.set(name, row)
    return row
  }
  const inRow = new Map<number, string[]>()
  for (const { name } of steps) inRow.set(rowOf(name), [...(inRow.get(rowOf(name)) ?? []), name])
  return new Map(
    steps.map(({ name }) => {
      const row = rowOf(name)
      const all = inRow.get(row) ?? []
      return [name, { row, column: all.indexOf(name), of: all.length }]
    }),
  )
}
