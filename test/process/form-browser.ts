/** As much of a browser as forms need: cookies, redirects, and a person who fills in what is asked. */
export const formBrowser = (fill: Record<string, string>) => {
  const cookies = new Map<string, string>()

  const ask = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(address, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split(/=(.*)/s) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  const formOf = (html: string, base: string) => {
    const form = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(html)
    if (form === null) return null
    const attribute = (text: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(text)?.[1]
    const fields = new URLSearchParams()
    for (const [input] of (form[2] ?? '').matchAll(/<input[^>]*>/gi)) {
      const name = attribute(input, 'name')
      if (name !== undefined) fields.set(name, fill[name] ?? attribute(input, 'value') ?? '')
    }
    return { action: new URL(attribute(form[1] ?? '', 'action') ?? base, base).href, fields }
  }

  return {
    /** Goes on from page to page until there is no form left, or until it is sent to an address that begins so. */
    async visit(start: string, until: string | null): Promise<string> {
      let address = start
      let answer = await ask(address)
      for (let step = 0; step < 20; step++) {
        const location = answer.headers.get('location')
        if (location !== null) {
          address = new URL(location, address).href
          if (until !== null && address.startsWith(until)) return address
          answer = await ask(address)
          continue
        }
        const html = await answer.text()
        const form = formOf(html, address)
        if (form === null) return html
        address = form.action
        answer = await ask(address, { method: 'POST', body: form.fields })
      }
      throw new Error(`no end of pages after ${address}`)
    },
  }
}
