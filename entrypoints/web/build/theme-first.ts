import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * The chosen theme must be there before the first paint. A module runs too late for that and the content security
 * policy forbids an inline script, so this one small file is loaded the old way, from the head.
 */
export function themeFirst(): Plugin {
  let source = ''
  let name = ''
  return {
    name: 'theme-first',
    configResolved(config) {
      source = readFileSync(join(config.root, 'build/theme-first.js'), 'utf8')
      name = `assets/theme-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source })
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${name}` }, injectTo: 'head-prepend' }],
    configureServer(server) {
      server.middlewares.use(`/${name}`, (_, response) => response.setHeader('Content-Type', 'text/javascript').end(source))
    },
  }
}
