import { useMemo } from 'react'
import { useLanguage } from './language'

/** Dates and numbers as the chosen language writes them; a region of the browser's in that language comes first. */
export function useDates() {
  const language = useLanguage()
  return useMemo(() => {
    const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
    const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
    const number = new Intl.NumberFormat(locale)
    return {
      day: (iso: string) => day.format(new Date(iso)),
      moment: (iso: string) => moment.format(new Date(iso)),
      number: (value: number) => number.format(value),
      money: (amount: string, currency: string) =>
        new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 4 }).format(Number(amount)),
    }
  }, [language])
}
