/**
 * Waits for what must come. What will never come is not waited for for ever.
 */
const PATIENCE = 60_000
/** Between two looks, ms. */
const PAUSE = 20

/**
 * @param look is asked again and again, until it finds something that is not false; if it throws there is nothing yet
 * @returns what it has found
 * @throws where it has found nothing for a minute
 */
export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const giveUp = performance.now() + PATIENCE
  for (;;) {
    const found = await attempt(look)
    if (found !== undefined && found !== false) return found
    if (performance.now() > giveUp) throw new Error(`not so after ${PATIENCE} ms: ${look.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

async function attempt<T>(look: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await look()
  } catch {
    return undefined
  }
}
