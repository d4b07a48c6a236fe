import { useQuery } from '@tanstack/react-query'
import { api, good } from '../lib/api/client'
import { useWords } from '../lib/i18n/words'
import { Section } from './Section'
import { WORDS } from './words'

const LOOK_AGAIN_MS = 10_000

export function Health() {
  const w = useWords(WORDS)
  const { data, error } = useQuery({
    queryKey: ['health'],
    queryFn: () => good(api.GET('/health/ready')),
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
  })
  const away = Object.entries((data?.providers ?? {}) as Record<string, string>)
  return (
    <Section title={w.health} error={error}>
      {data && <p className="admin-good">{w.healthy}</p>}
      {away.length > 0 && (
        <p>
          {w.providersAway}: {away.map(([name, state]) => `${name} (${state})`).join(', ')}
        </p>
      )}
    </Section>
  )
}
