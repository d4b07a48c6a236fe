import { number } from '../lib/i18n/numbers'

interface BarChartProps {
  title: string
  bars: readonly { name: string; parts: readonly [number, number] }[]
  /** The names of the two parts of each bar. */
  parts: readonly [string, string]
}

/** A bar for each name, in two parts. The same numbers stand in a table below it, for who cannot see it. */
export function BarChart({ title, bars, parts }: BarChartProps) {
  const largest = Math.max(1, ...bars.map(({ parts: [first, second] }) => first + second))
  return (
    <figure className="chart">
      <figcaption>
        {title}
        <span className="chart-key chart-first">{parts[0]}</span>
        <span className="chart-key chart-second">{parts[1]}</span>
      </figcaption>
      <div className="chart-rows" role="img" aria-label={title}>
        {bars.map(({ name, parts: [first, second] }) => (
          <div key={name} className="chart-row">
            <span className="chart-name">{name}</span>
            <svg viewBox={`0 0 ${largest} 1`} preserveAspectRatio="none">
              <rect className="chart-first" width={first} height={1} />
              <rect className="chart-second" x={first} width={second} height={1} />
            </svg>
            <span>{number(first + second)}</span>
          </div>
        ))}
      </div>
    </figure>
  )
}
