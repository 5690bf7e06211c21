/**
 * What the page can do only with JavaScript, and works without: times in the reader's own zone, the time that is left,
 * noticing that the sign-in was settled elsewhere or that its terminal stopped asking, and buttons that are dead for
 * half a second whenever the window gets the focus (from CSS alone they are so when the page opens). It is sent as it
 * stands here, so it keeps to what browsers have understood since 2020.
 */
export const script = `'use strict'
for (const time of document.querySelectorAll('time')) {
  time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

const form = document.querySelector('form[data-seconds-left]')
if (form) {
  const code = encodeURIComponent(form.elements.code.value)
  const left = document.getElementById('left')
  const abandoned = document.getElementById('abandoned')
  let endsAt = 0
  let awakeAt = 0
  let sent = false

  const setLeft = (seconds) => { endsAt = performance.now() + seconds * 1000 }
  const showLeft = () => {
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000))
    left.textContent = ' (' + Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0') + ' left)'
  }
  const look = async () => {
    if (document.hidden || sent) return
    try {
      const answer = await fetch(form.dataset.state + '?code=' + code, { cache: 'no-store', referrerPolicy: 'no-referrer' })
      const { state, seconds_left, abandoned: isAbandoned } = await answer.json()
      if (sent) return
      if (state !== 'pending') return location.replace(form.action + '?code=' + code)
      setLeft(seconds_left)
      abandoned.hidden = !isAbandoned
    } catch {
      // The server is away; the page stays as it is, and asks again.
    }
  }
  const wake = () => {
    awakeAt = performance.now() + 500
    form.classList.add('waking')
    setTimeout(() => performance.now() >= awakeAt - 1 && form.classList.remove('waking'), 500)
  }

  setLeft(Number(form.dataset.secondsLeft))
  showLeft()
  setInterval(showLeft, 1000)
  setInterval(look, 3000)
  addEventListener('focus', wake)
  addEventListener('pageshow', () => { sent = false })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { wake(); look() } })
  form.addEventListener('submit', (event) => {
    // A second press would send the form again, and be told that the sign-in is used already.
    if (sent || performance.now() < awakeAt) event.preventDefault()
    else sent = true
  })
}
`
