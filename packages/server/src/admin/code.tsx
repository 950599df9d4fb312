import { Icon } from './icon.tsx'

/** Text to copy. The button shows itself only where script can copy. */
export function Code({ id, children }: { id: string; children: string }) {
  return (
    <div class="code">
      <pre>
        <code id={id}>{children}</code>
      </pre>
      <button class="button" type="button" data-copy={id} hidden>
        <Icon name="copy" /> <span aria-live="polite">Copy</span>
      </button>
    </div>
  )
}
