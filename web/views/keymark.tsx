/** A mark in the colour of a member's key, as far as colours tell keys apart: beside every message and in the list of who is here. Called by both. */
import type { JSX } from 'preact'

/** Colours are that many, each of a hue that can be told from its neighbours. */
const HUES = 24

export function KeyMark({ member, hollow = false }: { readonly member: string; readonly hollow?: boolean }): JSX.Element {
  const hue = (Number.parseInt(member.slice(0, 6), 16) % HUES) * (360 / HUES)
  return <span class={`key ${hollow ? 'hollow' : ''}`} style={{ '--hue': String(hue) }} aria-hidden="true" />
}
