import { createForms, type FormWithToken, type LeadNestError } from '@leadnest/sdk'
import { type ComponentChild, render, type TargetedEvent, type TargetedSubmitEvent } from 'preact'
import {
  boxOf,
  entryOf,
  findProblems,
  focusFirst,
  type Given,
  nameOf,
  type Problems,
  problemOf,
  readConsents,
  readEntries,
} from './entries.ts'
import { tellFrom } from './events.ts'
import { Failure, Form, Loading, Thanks } from './Form.tsx'
import { createFillIn, mayHaveArrived } from './fill-in.ts'
import { loadElements } from './own-fields.ts'
import { adoptStyles } from './styles.ts'
import { textsFor } from './texts.ts'

/** Which form to draw, and how. */
export interface MountOptions {
  /** The form's slug, as in `contact`, or its id. */
  form: string
  /** Where the LeadNest server answers, as in `https://leads.example.com`. */
  url: string
  /** A publishable key (`ln_pk_…`); not needed on origins that the form lists. */
  key?: string
  /** The language of the widget's own texts (en, de, fr, es); the form's unless told. */
  lang?: string
  /** What fields hold at first, by field name. */
  prefill?: Given
  /** Values of fields that are sent but not shown, by field name. */
  hidden?: Given
}

/**
 * Draws a form into an element and returns the way to take it out again; failures are shown in its place, not thrown.
 *
 * @example
 * const unmount = mount(document.querySelector('#contact'), { form: 'contact', url: 'https://leads.example.com' })
 */
export function mount(host: Element, options: MountOptions): () => void {
  const { form: slug, url, key, prefill, hidden } = options
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const tell = tellFrom(host)
  const forms = createForms({ url, key })
  let lang = options.lang
  let texts = textsFor(lang)
  let mounted = true
  let observer: IntersectionObserver | undefined

  const draw = (content: ComponentChild) => render(<div lang={lang}>{content}</div>, root)

  async function load() {
    draw(<Loading />)
    try {
      const form = await forms.get(slug)
      await loadElements(form.fields, url)
      if (mounted) open(form)
    } catch (error) {
      if (!mounted) return
      draw(
        <Failure
          texts={texts}
          hint={hintFor(error as LeadNestError)}
          onRetry={slug && canWait(error) ? load : undefined}
        />,
      )
      tell('error', { error: error as LeadNestError })
    }
  }

  function hintFor({ code, message }: LeadNestError): string {
    if (!slug) return 'The attribute form is missing, as in form="contact".'
    if (code === 'not_found') return `There is no form "${slug}" at ${url}. Check the attribute form.`
    if (code === 'origin_not_allowed') {
      return `The form "${slug}" does not know this page yet: add ${location.origin} to its origins in LeadNest.`
    }
    return message
  }

  function open(form: FormWithToken) {
    const { fields, consents } = form
    const asked = [...fields, ...consents.map(boxOf)]
    const fillIn = createFillIn(forms, form, () => mounted)
    lang ??= form.language
    texts = textsFor(lang)

    let state = {
      stage: 'open' as 'open' | 'sending' | 'sent',
      problems: {} as Problems,
      notice: '',
      mayTryAgain: false,
    }
    let started = false
    // Answers are judged while typing only after a first try: before, nobody has finished yet; on blur, the layout
    // would move away under the click.
    let judging = false

    function show(change: Partial<typeof state>) {
      state = { ...state, ...change }
      if (!mounted) return
      draw(
        <div class="stack">
          <Form
            {...{ form, texts, prefill, hidden, onSubmit, onInput, onChange }}
            {...state}
            onFocusIn={fillIn.touch}
          />
          {state.stage === 'sent' && <Thanks>{form.successMessage}</Thanks>}
        </div>,
      )
    }

    async function onSubmit(event: TargetedSubmitEvent<HTMLFormElement>) {
      event.preventDefault()
      if (state.stage !== 'open') return
      judging = true
      const problems = findProblems(root, asked, texts)
      if (Object.keys(problems).length) return refuse(problems)

      const content = {
        fields: readEntries(root, fields, hidden),
        consents: consents.length ? readConsents(root, consents) : undefined,
      }
      if (!tell('submit', content)) return
      show({ stage: 'sending', problems: {}, notice: '' })
      try {
        const trap = root.querySelector<HTMLInputElement>('.trap input')!.value
        const result = await fillIn.send(content, trap)
        show({ stage: 'sent' })
        root.querySelector<HTMLElement>('.thanks')?.focus()
        tell('success', result)
      } catch (error) {
        apologise(error as LeadNestError)
      }
    }

    function refuse(problems: Problems, others: string[] = []) {
      show({ stage: 'open', problems, notice: [texts.check, ...others].join(' '), mayTryAgain: false })
      focusFirst(root, asked, problems)
      tell('invalid', {
        errors: Object.entries(problems).map(([name, message]) => ({
          path: fields.some((field) => field.name === name) ? `fields.${name}` : 'consents',
          message,
        })),
      })
    }

    function apologise(error: LeadNestError) {
      if (error.errors?.length) {
        const at = (path: string) =>
          fields.find(({ name }) => path === `fields.${name}` && root.getElementById(name))?.name
        const problems: Problems = {}
        for (const { path, message } of error.errors) {
          const name = at(path)
          if (name) problems[name] ??= message
        }
        return refuse(
          problems,
          error.errors.filter(({ path }) => !at(path)).map(({ message }) => message),
        )
      }
      show({ stage: 'open', notice: noticeOf(error), mayTryAgain: canWait(error) })
      tell('error', { error })
    }

    function noticeOf(error: LeadNestError): string {
      if (error.code === 'rate_limited') return texts.busy
      if (canWait(error)) return texts.offline
      return `${texts.failed} ${error.message}`
    }

    function onInput({ target }: TargetedEvent<HTMLFormElement>) {
      const control = target as unknown as HTMLInputElement
      fillIn.edit()
      if (!started) {
        started = true
        tell('start', { form })
      }
      if (!judging) return
      const { [nameOf(control)]: _, ...problems } = state.problems
      const problem = problemOf(control, texts)
      if (problem) problems[nameOf(control)] = problem
      show(Object.keys(problems).length ? { problems } : { problems, notice: '', mayTryAgain: false })
    }

    function onChange({ target }: TargetedEvent<HTMLFormElement>) {
      const control = target as unknown as HTMLInputElement
      tell('change', { name: nameOf(control), value: entryOf(control) })
    }

    show({})
    tell('ready', { form })
    observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry!.isIntersecting) return
        observer!.disconnect()
        tell('view', { form })
      },
      { threshold: 0.2 },
    )
    observer.observe(host)
  }

  adoptStyles(root)
  load()

  return function unmount() {
    mounted = false
    observer?.disconnect()
    render(null, root)
  }
}

const canWait = (error: unknown) => mayHaveArrived(error as LeadNestError)
