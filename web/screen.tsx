/**
 * The model and the conversation as views (docs/web.md): what the views are given is made harmless here, and the views only draw. Called by main.tsx,
 * and again whenever the signal changes.
 */
import type { JSX } from 'preact'
import { hostOf, isPlain, PROTOCOL_HEX, VERSION } from '#lib/client/index.ts'
import { PLAIN_WARNING } from '#lib/text/reasons.ts'
import { urlOf } from './state/forms.ts'
import type { Around } from './around.ts'
import { fileText } from './browser.ts'
import type { App } from './state/app.ts'
import type { Form as FormModel } from './state/model.ts'
import { TalkScreen } from './talkscreen.tsx'
import { About } from './views/about.tsx'
import { Form } from './views/form.tsx'
import { Leaving } from './views/leaving.tsx'

export function Screen({ app, around }: { readonly app: App; readonly around: Around }): JSX.Element {
  const { model } = app.shown.value
  if (model.about) {
    const close = () => app.take({ is: 'about', shown: false })
    return <About version={VERSION} protocol={PROTOCOL_HEX} hash={around.hash.value} onClose={close} />
  }
  const { screen, leaving } = model
  return (
    <>
      {screen.is === 'talk' ? <TalkScreen app={app} talk={screen} around={around} /> : <FormScreen app={app} form={screen} />}
      {leaving === null ? null : (
        <Leaving address={leaving} host={hostIn(leaving)} onClose={() => app.take({ is: 'opening', address: null })} />
      )}
    </>
  )
}

/** The host of a link as a browser calls it, in punycode where it is not ASCII. */
function hostIn(address: string): string | null {
  const host = URL.parse(address)?.host ?? ''
  return host === '' ? null : host
}

function FormScreen({ app, form }: { readonly app: App; readonly form: FormModel }): JSX.Element {
  const url = urlOf(form)
  return (
    <Form
      is={form.is}
      fields={form.fields}
      host={url === null ? null : hostOf(url)}
      invited={form.invite !== null}
      warning={url !== null && isPlain(url) ? PLAIN_WARNING : null}
      allowed={form.plain}
      wrong={form.wrong}
      version={VERSION}
      on={{
        type: (field, text) => app.take({ is: 'typed', field, text }),
        allow: (plain) => app.take({ is: 'allowed', plain }),
        turn: (to) => app.take({ is: 'turned', to }),
        submit: () => app.take({ is: 'submitted' }),
        file: (file) => void fileText(file).then((text) => app.take({ is: 'given', text })),
        forget: () => app.take({ is: 'forgotten' }),
        about: () => app.take({ is: 'about', shown: true }),
      }}
    />
  )
}
