/** A rule that is off stays where it is. */
export function Enabled({ enabled }: { enabled: boolean }) {
  return (
    <label class="choice">
      <input type="checkbox" name="enabled" value="true" checked={enabled} /> The rule is on
    </label>
  )
}

export const filterHint = 'In the grammar of filters, like utmSource = google and company is not empty.'
