/** The page themes the form with `--leadnest-*`; nothing else crosses the shadow root. */
const css = `
:host {
  display: block;
  font: var(--leadnest-font, inherit);
  color: var(--leadnest-text, inherit);
  --_accent: var(--leadnest-accent, #17614a);
  --_on-accent: var(--leadnest-on-accent, #fff);
  --_error: var(--leadnest-error, #b3261e);
  --_muted: var(--leadnest-muted, #767676);
  --_border: var(--leadnest-border, #8a8a8a);
  --_background: var(--leadnest-background, #8881);
  --_radius: var(--leadnest-radius, 0.5em);
  --_gap: var(--leadnest-gap, 1.125em);
}
@supports (color: light-dark(red, red)) {
  :host {
    --_accent: var(--leadnest-accent, light-dark(#17614a, #6fd6ad));
    --_on-accent: var(--leadnest-on-accent, light-dark(#fff, #05261a));
    --_error: var(--leadnest-error, light-dark(#b3261e, #ffb4ab));
    --_muted: var(--leadnest-muted, color-mix(in srgb, currentColor 68%, transparent));
    --_border: var(--leadnest-border, color-mix(in srgb, currentColor 50%, transparent));
    --_background: var(--leadnest-background, color-mix(in srgb, currentColor 4%, transparent));
  }
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
p { margin: 0; }
.stack, form, .field { display: grid; min-width: 0; }
.stack > * { grid-area: 1 / 1; }
form { gap: var(--_gap); align-content: start; }
form[inert] { visibility: hidden; }
.field { gap: 0.375em; }
label { font-weight: 600; font-size: 0.9375em; line-height: 1.4; }
label span { color: var(--_error); }
input, textarea, select {
  width: 100%;
  min-height: 2.875rem;
  padding: 0.625em 0.75em;
  font: inherit;
  font-size: max(1em, 16px);
  line-height: 1.4;
  color: inherit;
  background: var(--_background);
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
}
textarea { resize: vertical; min-height: 6.5rem; field-sizing: content; }
select {
  appearance: none;
  padding-inline-end: 2.5em;
  background-image: linear-gradient(45deg, #0000 50%, currentColor 50%), linear-gradient(-45deg, #0000 50%, currentColor 50%);
  background-position: right 1.2em center, right 0.85em center;
  background-size: 0.375em 0.375em;
  background-repeat: no-repeat;
}
option { color: CanvasText; background: Canvas; }
::placeholder { color: var(--_muted); opacity: 1; }
[aria-invalid='true'] { border-color: var(--_error); box-shadow: inset 0 0 0 1px var(--_error); }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.checkbox { grid-template-columns: auto 1fr; column-gap: 0.625em; align-items: start; }
.checkbox input { order: -1; width: 1.375rem; height: 1.375rem; min-height: 0; margin: 0.6875rem 0; accent-color: var(--_accent); }
.checkbox label { padding-block: 0.6875rem; font-weight: inherit; }
.checkbox p { grid-column: 2; }
.help { color: var(--_muted); font-size: 0.875em; line-height: 1.4; }
.problem, [role='alert'] { color: var(--_error); font-size: 0.9375em; line-height: 1.4; }
[role='alert']:empty { display: none; }
[role='alert'] { padding: 0.75em 1em; border: 1px solid; border-radius: var(--_radius); }
button {
  display: flex;
  align-items: center;
  justify-content: center;
  gap: 0.625em;
  min-height: 3rem;
  padding: 0.625em 1.5em;
  font: inherit;
  font-size: max(1em, 16px);
  font-weight: 600;
  color: var(--_on-accent);
  background: var(--_accent);
  border: 1px solid #0000;
  border-radius: var(--_radius);
  cursor: pointer;
}
button:hover { filter: brightness(1.12); }
.sending { cursor: progress; }
.sending::before {
  content: '';
  width: 1em;
  height: 1em;
  border: 2px solid;
  border-inline-end-color: #0000;
  border-radius: 50%;
  animation: turn 0.8s linear infinite;
}
.trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.thanks {
  display: grid;
  gap: 1em;
  place-self: center;
  justify-items: center;
  padding: 1.5em;
  text-align: center;
  text-wrap: balance;
  font-size: 1.125em;
  line-height: 1.5;
  border-radius: var(--_radius);
  animation: rise 0.3s;
}
svg { width: 3.5rem; fill: none; stroke: var(--_accent); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.loading { min-height: 22em; border-radius: var(--_radius); background: var(--_background); animation: pulse 1.4s infinite alternate; }
.failure { display: grid; gap: 0.5em; justify-items: start; overflow-wrap: anywhere; }
@keyframes turn { to { rotate: 1turn; } }
@keyframes rise { from { opacity: 0; translate: 0 0.5rem; } }
@keyframes pulse { to { opacity: 0.4; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before { animation: none !important; }
}
`

/** A constructed sheet needs no `unsafe-inline` from the page's CSP; an element is the way of older browsers. */
export function adoptStyles(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } else if (!(root as ShadowRoot).querySelector('style')) {
    const style = document.createElement('style')
    style.textContent = css
    ;(root as ShadowRoot).prepend(style)
  }
}
