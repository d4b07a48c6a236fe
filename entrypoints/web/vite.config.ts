import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { packed } from './build/packed.ts'
import { themeFirst } from './build/theme-first.ts'

const PARLEY = 'http://127.0.0.1:8000'
const API = ['/auth', '/chat', '/conversations', '/documents', '/health', '/me', '/models', '/runs', '/search', '/usage']

export default defineConfig({
  plugins: [react(), themeFirst(), packed()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0, // the content security policy lets nothing inline through
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(API.map((path) => [path, PARLEY])) }, // npx vite, beside a running ./run
})
