// What the admin's pages gain with script beyond htmx. Every page works without this file.
const on = (event, listener) => document.addEventListener(event, listener)

on('keydown', (event) => {
  const search = document.getElementById('q')
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !search) return
  if (event.target.closest?.('input, textarea, select, [contenteditable]')) return
  event.preventDefault()
  search.select()
})

on('click', async ({ target }) => {
  const button = target.closest?.('[data-copy]')
  if (!button) return
  const label = button.querySelector('span')
  const code = document.getElementById(button.dataset.copy)
  try {
    await navigator.clipboard.writeText(code.textContent)
    label.textContent = 'Copied'
  } catch {
    // Browsers hand out no clipboard on plain http: leave the text marked for Ctrl+C.
    getSelection().selectAllChildren(code)
    label.textContent = 'Press Ctrl+C'
  }
  setTimeout(() => (label.textContent = 'Copy'), 2500)
})

// An open menu closes as menus do.
on('click', ({ target }) => {
  for (const menu of document.querySelectorAll('details.account[open]')) if (!menu.contains(target)) menu.open = false
})
on('keydown', ({ key }) => {
  const menu = key === 'Escape' && document.querySelector('details.account[open]')
  if (!menu) return
  menu.open = false
  menu.querySelector('summary').focus()
})

// Whoever was signed out meanwhile is sent to sign in by the server: follow, and show that page whole.
on('htmx:before:swap', (event) => {
  const answer = event.detail.ctx.response?.raw
  if (!answer?.redirected || new URL(answer.url).pathname === location.pathname) return
  event.preventDefault()
  location.assign(answer.url)
})

// A refresh that waited behind a search must not bring the old search back, and one would untick what is ticked.
on('htmx:before:request', (event) => {
  const { ctx } = event.detail
  if (ctx.sourceElement.id === 'leads' && document.querySelector('#leads [name=ids]:checked')) event.preventDefault()
  if (ctx.sourceElement.id === 'leads') ctx.request.action = ctx.sourceElement.getAttribute('hx-get')
})

const trouble = (text) => {
  const box = document.getElementById('trouble')
  if (!box) return
  box.textContent = text
  box.hidden = !text
}
on('htmx:response:error', ({ detail: { ctx } }) => {
  if (ctx.sourceElement.id === 'live') return
  const request = ctx.response.headers.get('x-request-id')
  trouble(`The server answered ${ctx.response.status}, so this list may be out of date.${request ? ` Request ${request}.` : ''}`)
})
on('htmx:error', ({ detail: { ctx } }) => {
  if (ctx && ctx.sourceElement.id !== 'live') trouble('The server cannot be reached, so this list may be out of date.')
})
on('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.response?.status < 400) trouble('')
})

on('htmx:sse:after:connection', ({ target }) => (target.dataset.state = 'on'))
for (const lost of ['htmx:sse:before:connection', 'htmx:sse:error', 'htmx:sse:close']) {
  on(lost, ({ target }) => {
    if (target.dataset?.state) target.dataset.state = 'off'
  })
}

// After every page and swap: moments in the reader's own time zone, and buttons that need script.
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const finish = () => {
  for (const time of document.querySelectorAll('time')) time.title = moment.format(new Date(time.dateTime))
  for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false
}
on('htmx:after:process', finish)
finish()
