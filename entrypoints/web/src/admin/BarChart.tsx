import { number } from '../lib/i18n/numbers'

interface BarChartProps {
  title: string
  bars: readonly { name: string; parts: readonly [number, number] }[]
  /** The names of the two parts of each bar. */
  parts: readonly [string, string]
}

const ROW = 24
const BAR = 14
const NAMES = 200
const WIDTH = 720
const NUMBERS = 90

/** A bar for each name, in two parts. The same numbers stand in a table below it, for who cannot see it. */
export function BarChart({ title, bars, parts }: BarChartProps) {
  const largest = Math.max(1, ...bars.map(({ parts: [first, second] }) => first + second))
  const scale = (WIDTH - NAMES - NUMBERS) / largest
  return (
    <figure className="chart">
      <figcaption>
        {title}
        <span className="chart-key chart-first">{parts[0]}</span>
        <span className="chart-key chart-second">{parts[1]}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`} role="img" aria-label={title}>
        {bars.map(({ name, parts: [first, second] }, row) => (
          <g key={name} transform={`translate(0 ${row * ROW})`}>
            <text x={NAMES - 8} y={BAR + 2} textAnchor="end">
              {name.length > 26 ? `${name.slice(0, 25)}…` : name}
            </text>
            <rect className="chart-first" x={NAMES} y={4} width={first * scale} height={BAR} />
            <rect className="chart-second" x={NAMES + first * scale} y={4} width={second * scale} height={BAR} />
            <text x={NAMES + (first + second) * scale + 6} y={BAR + 2}>
              {number(first + second)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  )
}
