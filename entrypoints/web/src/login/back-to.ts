const BACK_TO = 'parley.back-to'

/** Where one is, for when one comes back from a provider, which sends everybody to `/`. */
export const rememberPlace = (): void => sessionStorage.setItem(BACK_TO, location.pathname)

/** Before the first render: to the page that was wanted. */
export function goBackToPlace(): void {
  const place = sessionStorage.getItem(BACK_TO)
  sessionStorage.removeItem(BACK_TO)
  const isEntrance = location.pathname === '/login' || (location.pathname === '/' && place !== null)
  if (isEntrance) history.replaceState(null, '', (place ?? '/') + location.search)
}
