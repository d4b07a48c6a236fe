try {
  const theme = localStorage.getItem('parley.theme')
  if (theme === '"light"' || theme === '"dark"') document.documentElement.dataset.theme = JSON.parse(theme)
} catch {
  // without storage the theme is the system's
}
