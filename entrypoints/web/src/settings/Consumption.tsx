import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { money, number } from '../lib/i18n/numbers'
import { useWords } from '../lib/i18n/words'
import { Section } from './Section'
import { WORDS } from './words'

/** What was used in the last days, and what is left of what may be. */
export function Consumption() {
  const s = useWords(WORDS)
  const { data: usage } = useQuery({ queryKey: ['usage'], queryFn: () => good(api.GET('/usage')), staleTime: 0 })
  const { data: limits } = useQuery({ queryKey: ['limits'], queryFn: () => good(api.GET('/limits')), staleTime: 0 })
  const total = usage?.total
  return (
    <Section title={s.usage}>
      {total && (
        <dl className="settings-numbers">
          <Line name={s.calls} value={number(total.calls)} />
          <Line name={s.inputTokens} value={number(total.input_tokens)} />
          <Line name={s.outputTokens} value={number(total.output_tokens)} />
          {Object.entries(total.cost).map(([currency, amount]) => (
            <Line key={currency} name={s.cost} value={money(amount, currency)} />
          ))}
        </dl>
      )}
      {limits?.limits.length === 0 && <p>{s.noLimits}</p>}
      <ul className="settings-list">
        {limits?.limits.map((each) => (
          <li key={`${each.scope} ${each.limit}`} className="settings-line">
            <span>
              {s.limitNames[each.limit as keyof typeof s.limitNames] ?? each.limit} <small>{each.scope}</small>
            </span>
            <span>{s.leftOf(number(Number(each.left)), number(Number(each.most)))}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
