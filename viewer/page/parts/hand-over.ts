/**
 * What leaves the page: into the clipboard, or into a file.
 */
import { say } from './toast.js'

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(`Copied ${what}.`)
  } catch {
    if (copyByHand(text)) say(`Copied ${what}.`)
    else say('The browser does not let this page copy.', true)
  }
}

/** Where the page is not served by loopback, browsers have no clipboard but this one. */
function copyByHand(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'off-screen'
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  return isCopied
}

export function download(name: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 1)
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on the blob by then.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
  say(`Saved as ${name}.`)
}
