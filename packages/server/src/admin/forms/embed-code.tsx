import { Icon } from '../icon.tsx'

/** The lines for a landing page. The button shows itself only where script can copy. */
export function EmbedCode({ formName, publicUrl }: { formName: string; publicUrl: string }) {
  const script = new URL('/widget.js', publicUrl).href
  return (
    <div class="code">
      <pre>
        <code id="embed-code">
          {`<script src="${script}" async></script>\n<leadnest-form form="${formName}"></leadnest-form>`}
        </code>
      </pre>
      <button class="button" type="button" data-copy="embed-code" hidden>
        <Icon name="copy" /> <span aria-live="polite">Copy</span>
      </button>
    </div>
  )
}
