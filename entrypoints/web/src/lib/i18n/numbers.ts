import { language } from './language'

/** The chosen language, as it is written where the reader is, if the browser says so. */
const locale = (): string => navigator.languages.find((tag) => tag.startsWith(language())) ?? language()

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A number of bytes, for people. */
export function bytes(count: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3))
  const style = { style: 'unit', unit: UNITS[step] as string, unitDisplay: step ? 'short' : 'long', maximumFractionDigits: step ? 1 : 0 } as const
  return new Intl.NumberFormat(language(), style).format(count / 1000 ** step)
}

export const number = (count: number): string => new Intl.NumberFormat(locale()).format(count)

export const moment = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))

export const day = (iso: string): string => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(iso))

export const money = (amount: string, currency: string): string =>
  new Intl.NumberFormat(locale(), { style: 'currency', currency, maximumFractionDigits: 4 }).format(Number(amount))
