import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { loadLanguage } from './lib/i18n/language'
import { queries } from './lib/queries'
import './ui/tokens.css'
import './ui/base.css'

await loadLanguage()
const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>,
  )
