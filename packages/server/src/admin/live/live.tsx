/** Hears what happens, for the parts of a page that listen to it by `from:#live`. */
export function Live() {
  return (
    <p id="live" class="live" hx-sse:connect="/admin/live" hx-trigger="load, every 30s" hx-swap="none">
      <span class="live-on">Live</span>
      <span class="live-off">Reconnecting…</span>
    </p>
  )
}
