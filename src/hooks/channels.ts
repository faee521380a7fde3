/**
 * Listens to diagnostics channels for an instrumentation that is not loaded before its library speaks.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ChannelListener, Kit } from '../instrumentation.js'
import { messageOf, warnOnce } from '../log.js'

/** What an instrumentation listens with. */
export interface Opened {
  readonly channels: Readonly<Record<string, ChannelListener>>
  readonly kit: Kit
}

type Subscriber = (message: unknown) => void

/**
 * Waits for a message on one of the channels `awaited`, then listens to all that `open` names.
 *
 * A channel that is awaited keeps its first subscriber: to change that amid a message makes Node 18 deliver it twice or
 * not at all.
 *
 * @param open called once; undefined: there is nothing to listen with
 * @returns stops it
 */
export function watchChannels(awaited: readonly string[], open: () => Opened | undefined): () => void {
  const undos: (() => void)[] = []
  let opened: Opened | undefined
  let isOpen = false
  const listen = (channel: string, subscriber: Subscriber): void => {
    const guarded = guard(channel, subscriber)
    subscribe(channel, guarded)
    undos.push(() => unsubscribe(channel, guarded))
  }
  const listenToOthers = ({ channels, kit }: Opened): void => {
    for (const [channel, listener] of Object.entries(channels)) {
      if (!awaited.includes(channel)) listen(channel, (message) => listener(message as never, kit))
    }
  }
  const onAwaited = (channel: string, message: unknown): void => {
    if (!isOpen) {
      isOpen = true
      opened = open()
      if (opened !== undefined) listenToOthers(opened)
    }
    opened?.channels[channel]?.(message as never, opened.kit)
  }
  for (const channel of awaited) listen(channel, (message) => onAwaited(channel, message))
  return () => undos.splice(0).forEach((undo) => undo())
}

/** What a subscriber throws would end the process by way of uncaughtException. */
export function guard(channel: string, subscriber: Subscriber): Subscriber {
  return (message) => {
    try {
      subscriber(message)
    } catch (error) {
      warnOnce(`channel:${channel}`, `listening to ${channel} failed: ${messageOf(error)}`)
    }
  }
}
