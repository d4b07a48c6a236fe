import { lazy, Suspense } from 'react'
import { useText } from './lib/i18n/language'
import type { Route } from './lib/router'

const AdminPage = lazy(() => import('./admin/AdminPage'))
const FlowsPage = lazy(() => import('./flows/FlowsPage'))
const FlowPage = lazy(() => import('./flows/FlowPage'))
const FlowRunPage = lazy(() => import('./flows/RunPage'))
const LibraryPage = lazy(() => import('./documents/LibraryPage'))
const ReaderPage = lazy(() => import('./documents/ReaderPage'))

/** What is no conversation: each page is loaded when it is first looked at. */
export function OtherPage({ route }: { route: Route }) {
  return (
    <Suspense fallback={<main className="nowhere" aria-busy="true" />}>
      <Page route={route} />
    </Suspense>
  )
}

function Page({ route }: { route: Route }) {
  const t = useText()
  switch (route.page) {
    case 'admin':
      return <AdminPage />
    case 'flows':
      return <FlowsPage />
    case 'flow':
      return <FlowPage key={route.name} name={route.name} />
    case 'flow run':
      return <FlowRunPage key={route.id} id={route.id} />
    case 'library':
      return <LibraryPage />
    case 'document':
      return <ReaderPage key={route.id} id={route.id} />
    default:
      return <p className="nowhere">{t.notFoundPage}</p>
  }
}
