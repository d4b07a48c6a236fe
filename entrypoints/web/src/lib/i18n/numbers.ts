import { language } from './language'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A number of bytes, for people. */
export function bytes(count: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3))
  const style = { style: 'unit', unit: UNITS[step] as string, unitDisplay: 'short', maximumFractionDigits: step ? 1 : 0 } as const
  return new Intl.NumberFormat(language(), style).format(count / 1000 ** step)
}

export const number = (count: number): string => new Intl.NumberFormat(language()).format(count)

export const moment = (iso: string): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
