/** A clock that tests turn by hand: time moves when they say so, and timers fire in order. Called by the world of the session tests. */

interface Alarm {
  readonly at: number
  readonly order: number
  readonly ring: () => void
}

export class Clock {
  #now: number
  #order = 0
  readonly #alarms = new Set<Alarm>()

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Calls back after so many ms; returns how to call it off. */
  wake(after: number, then: () => void): () => void {
    const alarm = { at: this.#now + after, order: this.#order++, ring: then }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Moves on by so many ms, ringing what is due on the way; `between` runs after each ring. */
  advance(by: number, between: () => void = () => undefined): void {
    const end = this.#now + by
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#now = Math.max(this.#now, next.at)
      this.#alarms.delete(next)
      next.ring()
      between()
    }
    this.#now = end
  }

  #nextUntil(end: number): Alarm | undefined {
    let next: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.at > end) continue
      if (next === undefined || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order)) next = alarm
    }
    return next
  }
}
