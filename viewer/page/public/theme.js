// Before anything is painted, so that nobody is dazzled: the theme chosen earlier.
try {
  document.documentElement.dataset.theme = localStorage.getItem('pretrace.theme') ?? 'auto'
} catch {
  document.documentElement.dataset.theme = 'auto'
}
