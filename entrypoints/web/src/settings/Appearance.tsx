import { useSyncExternalStore } from 'react'
import { chooseLanguage, LANGUAGES, type Language, useLanguage, useText } from '../lib/i18n/language'
import { Section } from './Section'
import { chooseTheme, type Theme, theme, whenThemeChanges } from './theme'

/** What this browser remembers about how the page looks. */
export function Appearance() {
  const t = useText()
  const language = useLanguage()
  const chosen = useSyncExternalStore(whenThemeChanges, theme)
  return (
    <Section title={t.appearance}>
      <label>
        {t.theme}
        <select value={chosen} onChange={(event) => chooseTheme(event.target.value as Theme)}>
          <option value="system">{t.themeSystem}</option>
          <option value="light">{t.themeLight}</option>
          <option value="dark">{t.themeDark}</option>
        </select>
      </label>
      <label>
        {t.language}
        <select value={language} onChange={(event) => chooseLanguage(event.target.value as Language)}>
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Section>
  )
}
