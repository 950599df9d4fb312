import type { Core } from '../core.ts'
import { type Issue, LeadNestError } from '../errors.ts'
import { isId, newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { SubmissionInput } from '../submissions/submission.ts'
import { addressedChannels } from '../suppressions/address.ts'
import { type GivenWording, hashOfWording } from './entry.ts'
import type { PublishedWording, WordingInput } from './wording.ts'

/** A page that was opened before the words changed may still send them for so long, in ms. */
const stillTaken = 24 * 60 * 60 * 1000

/** A wording as its row holds it. */
export interface Wording extends PublishedWording {
  formId: string
  hash: string
}

const columns = sql`id, form_id, channel, purpose, text, hash, required, language`

/** A consent that was given on a form, with the words that were shown. */
export interface Given {
  channel: string
  purpose: string
  wording: GivenWording
  step: 'single' | 'double'
}

/** The boxes of a form, as a value of its row. */
export const publishedWordings = sql`coalesce((
  select jsonb_agg(jsonb_build_object(
    'id', w.id, 'channel', w.channel, 'purpose', w.purpose, 'text', w.text, 'required', w.required, 'language', w.language
  ) order by w.position)
  from consent_wordings w
  where w.workspace_id = forms.workspace_id and w.form_id = forms.id and w.retired_at is null
), '[]') as consents`

/**
 * Makes these the boxes of a form, in their order. What says the same keeps its id; other words are a wording of their
 * own, and those that are not named are retired. Returns the boxes as they are published.
 */
export async function setWordings(
  tx: Tx,
  workspaceId: string,
  form: { id: string; language: string },
  inputs: WordingInput[],
  at: Date,
): Promise<PublishedWording[]> {
  const current = await tx.query<Wording>(sql`
    select ${columns} from consent_wordings
    where workspace_id = ${workspaceId} and form_id = ${form.id} and retired_at is null`)
  const boxes = inputs.map(({ language = form.language, ...input }) => {
    const box = { ...input, language }
    const same = current.find(
      (known) =>
        known.channel === box.channel &&
        known.purpose === box.purpose &&
        known.text === box.text &&
        known.language === box.language &&
        known.required === box.required,
    )
    return { id: same?.id ?? newId(at.getTime()), ...box }
  })
  const kept = boxes.map(({ id }) => id)
  await tx.query(sql`
    update consent_wordings set retired_at = ${at}
    where workspace_id = ${workspaceId} and form_id = ${form.id} and retired_at is null and id <> all(${kept}::uuid[])`)
  await tx.query(sql`
    insert into consent_wordings (workspace_id, form_id, created_at, id, position, channel, purpose, language, text, hash, required)
    select ${workspaceId}::uuid, ${form.id}::uuid, ${at}::timestamptz, * from unnest(
      ${kept}::uuid[], ${boxes.map((_, i) => i)}::integer[], ${boxes.map(({ channel }) => channel)}::text[],
      ${boxes.map(({ purpose }) => purpose)}::text[], ${boxes.map(({ language }) => language)}::text[],
      ${boxes.map(({ text }) => text)}::text[], ${boxes.map(({ text }) => hashOfWording(text))}::text[],
      ${boxes.map(({ required }) => required)}::boolean[]
    )
    on conflict (workspace_id, id) do update set position = excluded.position`)
  return boxes.map(({ id, channel, purpose, text, required, language }) => ({
    id,
    channel,
    purpose,
    text,
    required,
    language,
  }))
}

/** What a consent can be about here: channels that reach people by what a lead has, and those that forms of the workspace ask for. */
export async function consentChannels(tx: Tx, workspaceId: string): Promise<string[]> {
  const asked = await tx.query<{ channel: string }>(
    sql`select distinct channel from consent_wordings where workspace_id = ${workspaceId} order by channel`,
  )
  return [...new Set([...addressedChannels, ...asked.map(({ channel }) => channel)])]
}

/** Those of any form of the workspace, retired or not, by their ids. */
export async function findWordings(tx: Tx, workspaceId: string, ids: string[]): Promise<Map<string, Wording>> {
  const known = ids.filter(isId)
  if (known.length === 0) return new Map()
  const wordings = await tx.query<Wording>(sql`
    select ${columns} from consent_wordings where workspace_id = ${workspaceId} and id = any(${known}::uuid[])`)
  return new Map(wordings.map((wording) => [wording.id, wording]))
}

/**
 * What a submission agrees to, in the words that it names. They are those that the form shows, or showed until a day
 * before `at`. Throws `unknown_reference` at `consents.<n>.wordingId`, and `invalid_input` where channel or purpose are
 * others than those of the words, or a box that has to be ticked is not.
 */
export async function checkGiven(
  core: Core,
  workspaceId: string,
  form: { id: string; consents: PublishedWording[] },
  sent: SubmissionInput['consents'] = [],
  at: Date,
): Promise<Given[]> {
  const given = new Map<string, Given>()
  for (const [i, { wordingId, channel, purpose }] of sent.entries()) {
    const id = wordingId.toLowerCase()
    const wording =
      form.consents.find((shown) => shown.id === id) ?? (await readRecent(core, workspaceId, form.id, id, at))
    if (!wording)
      throw new LeadNestError('unknown_reference', 'This form does not ask for that consent.', {
        issues: [
          {
            path: `consents.${i}.wordingId`,
            message: 'The form does not show these words, or not any more. Load it again.',
          },
        ],
      })
    const issues: Issue[] = []
    if (channel !== wording.channel)
      issues.push({ path: `consents.${i}.channel`, message: `These words are about the channel ${wording.channel}.` })
    if (purpose !== wording.purpose)
      issues.push({ path: `consents.${i}.purpose`, message: `These words are about the purpose ${wording.purpose}.` })
    if (issues.length > 0) throw refused(issues)
    const { text, language } = wording
    given.set(`${channel} ${purpose}`, {
      channel,
      purpose,
      wording: { id, text, hash: hashOfWording(text), language },
      step: 'single',
    })
  }
  const missing = form.consents.filter(
    ({ required, channel, purpose }) => required && !given.has(`${channel} ${purpose}`),
  )
  if (missing.length > 0)
    throw refused(missing.map(({ text }) => ({ path: 'consents', message: `Tick “${text.slice(0, 200)}” to go on.` })))
  return [...given.values()]
}

const refused = (issues: Issue[]) => new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })

async function readRecent(core: Core, workspaceId: string, formId: string, id: string, at: Date) {
  if (!isId(id)) return undefined
  const [wording] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Wording>(sql`
      select ${columns} from consent_wordings
      where workspace_id = ${workspaceId} and id = ${id} and form_id = ${formId}
        and (retired_at is null or retired_at > ${new Date(at.getTime() - stillTaken)})`),
  )
  return wording
}
