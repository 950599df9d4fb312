import { mount } from './mount.tsx'

// Read while the script runs, for it is null afterwards, and in modules: the server that gave the script gets the leads,
// also where it lives below a path.
const script = (document.currentScript as HTMLScriptElement | null)?.src
const server = script ? new URL('.', script).href.slice(0, -1) : location.origin

/** `<leadnest-form form="contact">`: the widget as a page author meets it. */
class LeadNestForm extends HTMLElement {
  static observedAttributes = ['form', 'key', 'url', 'lang']
  #unmount?: () => void

  connectedCallback() {
    this.#unmount ??= mount(this, {
      form: this.getAttribute('form') ?? '',
      url: this.getAttribute('url') ?? server,
      key: this.getAttribute('key') ?? undefined,
      lang: this.getAttribute('lang') ?? undefined,
      prefill: this.#given('prefill-'),
      hidden: this.#given('hidden-'),
    })
  }

  /** To move an element is to take it out and put it in again: only when it stays out, what was typed may go. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#end())
  }

  /** Frameworks set attributes again to the value they have; that must not cost what was typed. */
  attributeChangedCallback(_name: string, before: string | null, after: string | null) {
    if (!this.#unmount || before === after) return
    this.#end()
    this.connectedCallback()
  }

  #end() {
    this.#unmount?.()
    this.#unmount = undefined
  }

  #given(prefix: string) {
    const attributes = [...this.attributes].filter(({ name }) => name.startsWith(prefix))
    return Object.fromEntries(attributes.map(({ name, value }) => [name.slice(prefix.length), value]))
  }
}

if (!customElements.get('leadnest-form')) customElements.define('leadnest-form', LeadNestForm)
