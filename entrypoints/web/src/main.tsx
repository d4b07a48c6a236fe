import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { beginSession } from './lib/api/session'
import { loadLanguage } from './lib/i18n/language'
import { queries } from './lib/queries'
import { goBackToPlace } from './login/back-to'
import { Gate } from './login/Gate'
import './ui/tokens.css'
import './ui/base.css'

await Promise.all([loadLanguage(), beginSession()])
goBackToPlace()
const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <Gate>
        <App />
      </Gate>
    </QueryClientProvider>,
  )
