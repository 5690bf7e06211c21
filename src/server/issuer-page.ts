import { html } from 'hono/html'

/** Plain pages: who runs this is trying something out, on this machine. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; form-action *; frame-ancestors 'none'; base-uri 'none'",
  // For their own forms: see `requireSameOrigin`.
  'referrer-policy': 'same-origin',
}

const page = async (title: string, body: ReturnType<typeof html>, status = 200): Promise<Response> =>
  new Response(
    String(
      await html`<!doctype html>
        <html lang="en">
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <h1>${title}</h1>
          ${body}
        </html>`,
    ),
    { status, headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' } },
  )

const buttons = html`<p>
  <label>Email <input name="email" type="email" autocomplete="off" /></label>
  <button name="answer" value="approve">Continue</button>
  <button name="answer" value="deny">Cancel</button>
</p>`

/** `query` comes back as it came: what it asks for is checked again then. */
export const approvalPage = (query: string): Promise<Response> =>
  page('Who are you today?', html`<form method="post" action="/authorize${query}">${buttons}</form>`)

export const devicePage = (): Promise<Response> =>
  page(
    'Type the code from your terminal',
    html`<form method="post" action="/device"><p><label>Code <input name="code" /></label></p>${buttons}</form>`,
  )

export const plainPage = (words: string, status = 200): Promise<Response> => page(words, html``, status)
