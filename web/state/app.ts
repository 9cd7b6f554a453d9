/**
 * The page's state as signals, and the one way to change it: a message in, the next model out, effects performed in order (docs/web.md). Called by
 * web/main.tsx, with the browser's edges; the tests have their own.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Client } from '#lib/client/index.ts'
import { emptyStore, type View } from '#lib/client/store.ts'
import { noticeText } from '#lib/text/unread.ts'
import type { Effect, Handing, Message } from './message.ts'
import { type Model, modelOf } from './model.ts'
import { update } from './update.ts'

/** The outside, handed in. */
export interface Ports {
  /** A client for one conversation. */
  client(): Client
  /** ms since 1970 */
  now(): number
  /** Calls back once after so many ms. */
  wake(after: number, then: () => void): void
  /** Gives an invite out; resolves with what came of it, in words, or null when there is nothing to say. */
  hand(how: Handing, text: string): Promise<string | null>
  ring(): void
  notify(text: string): void
  /** The address of this page, for links; null where nobody else could open it. */
  readonly page: string | null
  /** The relay's address to offer. */
  readonly relay: string
  readonly focused: boolean
}

/** What is drawn: the model, and the conversation as it stands. */
export interface Shown {
  readonly model: Model
  readonly view: View
}

export interface App {
  readonly shown: ReadonlySignal<Shown>
  /** What is being written: in a signal of its own, so that a key draws nothing else. */
  readonly draft: Signal<string>
  take(message: Message): void
  /** The platform says that the connection may be dead. */
  rouse(): void
  /** Says goodbye at once: the page goes away. */
  leave(): void
  /** Something would be lost with the page. */
  isUnsent(): boolean
}

export function createApp(ports: Ports): App {
  return new Running(ports)
}

class Running implements App {
  readonly shown: Signal<Shown>
  readonly draft = signal('')
  readonly #ports: Ports
  readonly #messages: Message[] = []
  #client: Client | null = null
  #busy = false

  constructor(ports: Ports) {
    this.#ports = ports
    this.shown = signal({ model: modelOf(ports.relay, ports.focused), view: emptyStore().view })
  }

  /** Messages are taken one at a time and in order, also when performing an effect brings the next one. */
  take(message: Message): void {
    this.#messages.push(message)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) this.#turn(next)
    } finally {
      this.#busy = false
    }
  }

  rouse(): void {
    this.#client?.rouse()
  }

  leave(): void {
    this.#client?.do({ do: 'leave', now: true })
  }

  isUnsent(): boolean {
    const { model, view } = this.shown.value
    if (model.screen.is !== 'talk' || model.screen.ended !== null) return false
    return this.draft.value.trim() !== '' || view.entries.some(({ waiting }) => waiting) || (this.#client?.unsent() ?? 0) > 0
  }

  #turn(message: Message): void {
    const { model } = this.shown.value
    const view = this.#view()
    const [next, effects] = update(model, message, { view, now: this.#ports.now(), page: this.#ports.page })
    // Also when the model is the same: the conversation may be another.
    this.shown.value = { model: next, view }
    if (next.screen.is !== 'talk' && model.screen.is === 'talk') this.#ended()
    for (const effect of effects) this.#perform(effect)
  }

  #view(): View {
    return this.#client?.store.view ?? this.shown.value.view
  }

  /** Nothing of a conversation outlives it. */
  #ended(): void {
    this.#client = null
    this.draft.value = ''
    this.shown.value = { ...this.shown.value, view: emptyStore().view }
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'begin':
        return this.#begin(effect.command)
      case 'act':
        return this.#client?.do(effect.command)
      case 'draft':
        this.draft.value = this.draft.value === '' ? effect.text : `${effect.text}\n${this.draft.value}`
        return
      case 'hand':
        return void this.#hand(effect.how, effect.text)
      case 'wake':
        return this.#ports.wake(effect.after, () => this.take({ is: 'woke' }))
      case 'ring':
        return this.#ring(effect.unread, effect.mentioned)
    }
  }

  #begin(command: (Effect & { readonly do: 'begin' })['command']): void {
    const client = this.#ports.client()
    this.#client = client
    client.watch((seen) => {
      if (this.#client === client) this.take({ is: 'seen', seen })
    })
    client.on((event) => {
      if (this.#client === client) this.take({ is: 'heard', event })
    })
    client.do(command)
  }

  async #hand(how: Handing, text: string): Promise<void> {
    const note = await this.#ports.hand(how, text)
    if (note !== null) this.take({ is: 'noted', note })
  }

  #ring(unread: number, mentioned: boolean): void {
    const { notices, focused } = this.shown.value.model
    if (focused) return
    if (notices.sound) this.#ports.ring()
    if (notices.desktop === 'on') this.#ports.notify(noticeText(unread, mentioned))
  }
}
