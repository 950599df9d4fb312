import type { Form, Issue } from '@leadnest/core'
import { boxId, ConsentBox } from './consent-box.tsx'
import { Control, idOf } from './control.tsx'
import { Page } from './page.tsx'
import { attributionNames, type Post } from './read-post.ts'
import { complaint, textsFor } from './texts.ts'

interface FormPageProps {
  form: Form
  /** What the address calls the form. */
  name: string
  post: Post
  issues?: Issue[]
  /** It was right, and could not be stored. */
  busy?: boolean
}

export function FormPage({ form, name, post, issues = [], busy = false }: FormPageProps) {
  const texts = textsFor(form.language)
  const problems = form.fields.flatMap((field) => {
    const issue = issues.find(({ path }) => path === `fields.${field.name}`)
    return issue ? [{ field, text: complaint(issue, field, post.fields[field.name] ?? '', form.language) }] : []
  })
  const unticked = issues.some(({ path }) => path === 'consents')
    ? form.consents.filter(({ required, id }) => required && !post.consents.includes(id))
    : []
  const elsewhere = issues.filter(
    ({ path }) =>
      !problems.some(({ field }) => path === `fields.${field.name}`) && !(path === 'consents' && unticked.length > 0),
  )
  const wrong = issues.length > 0 || busy
  return (
    <Page title={wrong ? `! ${form.name}` : form.name} language={form.language}>
      <h1>{form.name}</h1>
      {wrong && (
        <div class="errors" role="alert" id="errors" tabindex={-1}>
          <p>{busy ? texts.busy : texts.check}</p>
          {issues.length > 0 && (
            <ul>
              {problems.map(({ field, text }) => (
                <li>
                  <a href={`#${idOf(field.name)}`}>
                    {field.label}: {text}
                  </a>
                </li>
              ))}
              {unticked.map(({ id, text }) => (
                <li>
                  <a href={`#${boxId(id)}`}>
                    {text}: {texts.tick}
                  </a>
                </li>
              ))}
              {elsewhere.map(({ path, message }) => (
                <li>
                  {path && <code>{path.replace(/^fields\./, '').slice(0, 100)}</code>} {message}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <form method="post" action={`/f/${name}`} accept-charset="utf-8">
        {form.fields.map((field) => (
          <Control
            field={field}
            value={post.fields[field.name] ?? ''}
            problem={problems.find((problem) => problem.field === field)?.text}
          />
        ))}
        {form.consents.map((box) => (
          <ConsentBox
            box={box}
            language={form.language}
            ticked={post.consents.includes(box.id)}
            problem={unticked.includes(box) ? texts.tick : undefined}
          />
        ))}
        <Trap value={post.trap} />
        <Unseen post={post} />
        <button type="submit">{form.submitLabel}</button>
        {[...form.fields, ...form.consents].some(({ required }) => required) && <p class="help">* {texts.required}</p>}
      </form>
    </Page>
  )
}

/** People neither see nor reach it, and password managers know no such name; programs fill it in. */
function Trap({ value }: { value: string }) {
  return (
    <div class="trap" aria-hidden="true">
      <label for="second-subject">Leave this empty</label>
      <input
        id="second-subject"
        name="_second_subject"
        value={value}
        tabindex={-1}
        autocomplete="off"
        data-1p-ignore
        data-lpignore="true"
      />
    </div>
  )
}

function Unseen({ post }: { post: Post }) {
  const { token, key, redirect, attribution } = post
  const touches = [...attributionNames].map(([name, key]) => [name, attribution[key] ?? ''] as const)
  return (
    <>
      {[['token', token] as const, ['key', key] as const, ['redirect', redirect] as const, ...touches].map(
        ([name, value]) => value && <input type="hidden" name={`_${name}`} value={value} />,
      )}
    </>
  )
}
