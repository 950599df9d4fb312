/*
 * What LeadNest should decide, told by a second, plain implementation that shares no code with it: one list of leads in
 * memory, no SQL, no batches, no jobs. `explain.property.test.ts` runs it beside the real one.
 */

export type Kind = 'externalId' | 'email' | 'phone'
export type Told = Partial<Record<Kind, string>>

export interface Entry {
  at: string
  kind: string
  decision: string
  because: object[]
}

interface ModelLead {
  id: string
  known: Record<Kind, string | null>
  deleted: boolean
  mergedInto: string | null
  ownerId: string | null
  points: Map<string, number>
  /** Events that move at a merge: what was decided, and each form that was sent. */
  entries: Entry[]
  sent: object[]
}

interface Pair {
  one: string
  other: string
  reasons: Set<string>
  at: string
}

interface Wait {
  ruleId: string | null
  told: string | null
}

interface MergeUndo {
  survivor: ModelLead
  loser: ModelLead
  undo(): void
}

export interface ScoreRule {
  id: string
  name: string
  points: number
  /** Undefined: for each form that was sent, twice at most. */
  has?: Kind
}

export interface AssignmentRule {
  id: string
  name: string
  strategy: 'round_robin' | 'least_busy'
  has?: Kind
  members: string[]
  enabled: boolean
}

const kinds: Kind[] = ['externalId', 'email', 'phone']

export function createModel({ scores, rules }: { scores: ScoreRule[]; rules: AssignmentRule[] }) {
  const leads: ModelLead[] = []
  const aliases: { kind: Kind; value: string; leadId: string }[] = []
  const pairs: Pair[] = []
  const waits = new Map<string, Wait>()
  const absent = new Set<string>()
  const last = new Map<string, string>()
  let lastMerge: MergeUndo | undefined

  const find = (id: string) => leads.find((lead) => lead.id === id)!
  const there = (lead: ModelLead) => !lead.deleted && !lead.mergedInto
  const byAge = (all: ModelLead[]) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1))

  function holder(kind: Kind, told: Told): ModelLead | undefined {
    const value = told[kind]
    if (!value) return undefined
    const has = byAge(leads.filter((lead) => !lead.mergedInto && lead.known[kind] === value))
    const alias = aliases.find((alias) => alias.kind === kind && alias.value === value)
    if (kind !== 'phone') return alias ? find(alias.leadId) : has[0]
    const all = alias ? [...has, find(alias.leadId)] : has
    return all.find((lead) => !told.email || lead.known.email === null)
  }

  function pair(one: string, other: string, reasons: Iterable<string>, at: string): Pair | undefined {
    const [older, younger] = [one, other].sort() as [string, string]
    const known = pairs.find((pair) => pair.one === older && pair.other === younger)
    if (known) {
      for (const reason of reasons) known.reasons.add(reason)
      return undefined
    }
    const added = { one: older, other: younger, reasons: new Set(reasons), at }
    pairs.push(added)
    return added
  }

  function score(lead: ModelLead, at: string) {
    if (!there(lead)) return
    const points = new Map<string, number>()
    for (const { id, points: each, has } of scores) {
      const times = has ? Number(lead.known[has] !== null) : Math.min(2, lead.sent.length)
      if (times > 0) points.set(id, times * each)
    }
    const sum = (all: Map<string, number>) => [...all.values()].reduce((one, other) => one + other, 0)
    const [from, to] = [sum(lead.points), sum(points)]
    const changed = scores.flatMap(({ id, name }) => {
      const difference = (points.get(id) ?? 0) - (lead.points.get(id) ?? 0)
      return difference === 0 ? [] : [{ ruleId: id, ruleName: name, points: difference }]
    })
    lead.points = points
    if (from !== to) lead.entries.push({ at, kind: 'scored', decision: String(to), because: [{ from }, ...changed] })
  }

  function assign(lead: ModelLead, at: string) {
    const rule = rules.find(({ enabled, has }) => enabled && (!has || lead.known[has] !== null))
    if (!there(lead) || lead.ownerId || !rule) return void waits.delete(lead.id)
    const about = { ruleId: rule.id, ruleName: rule.name, strategy: rule.strategy }
    const skipped = rule.members.filter((id) => absent.has(id)).map((memberId) => ({ memberId, reason: 'absent' }))
    const turn = rule.members.indexOf(last.get(rule.id)!) + 1
    const inTurn = [...rule.members.slice(turn), ...rule.members.slice(0, turn)].filter((id) => !absent.has(id))
    const busy = (id: string) => leads.filter((lead) => there(lead) && lead.ownerId === id).length
    const chosen =
      rule.strategy === 'round_robin' ? inTurn[0] : inTurn.toSorted((one, other) => busy(one) - busy(other))[0]
    if (!chosen) {
      const because = [about, ...skipped]
      const told = JSON.stringify(because)
      if (waits.get(lead.id)?.told !== told) lead.entries.push({ at, kind: 'waiting', decision: 'waiting', because })
      waits.set(lead.id, { ruleId: rule.id, told })
      return
    }
    const counts =
      rule.strategy === 'least_busy' ? rule.members.map((memberId) => ({ memberId, openLeads: busy(memberId) })) : []
    lead.entries.push({ at, kind: 'assigned', decision: chosen, because: [about, ...skipped, ...counts] })
    lead.ownerId = chosen
    last.set(rule.id, chosen)
    waits.delete(lead.id)
  }

  /** Those who wait are looked at where somebody may be there for them. */
  function lookAgain(at: string) {
    if (waits.size === 0) return
    for (const id of waits.keys()) if (!there(find(id)) || find(id).ownerId) waits.delete(id)
    const staffed = rules.filter(({ enabled, members }) => enabled && members.some((id) => !absent.has(id)))
    const ready = [...waits].filter(([, { ruleId }]) => ruleId === null || staffed.some(({ id }) => id === ruleId))
    for (const lead of byAge(ready.map(([id]) => find(id)))) assign(lead, at)
  }

  function compare(lead: ModelLead, at: string) {
    if (!there(lead) || !lead.known.phone) return
    for (const other of leads.filter((other) => other !== lead && there(other)))
      if (other.known.phone === lead.known.phone) pair(lead.id, other.id, ['phone'], at)
  }

  return {
    find,
    there: () => byAge(leads.filter(there)),
    undoable: () => lastMerge,
    /** Who it is; undefined for somebody new, whose id is given to `tell`. */
    who: (told: Told) => kinds.map((kind) => holder(kind, told)).find((lead) => lead)?.id,

    /** `released`: when a visitor's submission of `at` was let through; it fills blanks and overwrites nothing. */
    tell(
      told: Told,
      {
        id,
        at,
        form,
        released,
      }: { id: string; at: string; form: boolean; released?: { at: string; by: object; rule: string } },
    ) {
      const now = released?.at ?? at
      lastMerge = undefined
      const holders = kinds.map((kind) => [kind, holder(kind, told)] as const)
      const first = holders.find(([, lead]) => lead)
      const by = first?.[0] ?? null
      let lead = first?.[1]
      const decision = !lead ? 'created' : lead.deleted ? 'revived' : 'updated'
      if (!lead) {
        const known = { externalId: null, email: null, phone: null }
        lead = { id, known, deleted: false, mergedInto: null, ownerId: null, points: new Map(), entries: [], sent: [] }
        leads.push(lead)
      }
      const write = { ...told }
      const byAlias = kinds.filter(
        (kind) => holders.some(([k, l]) => k === kind && l === lead) && lead.known[kind] !== told[kind],
      )
      const notWritten: object[] = byAlias.map((kind) => ({ notWritten: kind, reason: 'alias' }))
      const taken: object[] = []
      const emptied: ModelLead[] = []
      for (const kind of byAlias) delete write[kind]
      for (const [kind, other] of holders) {
        if (!other || other === lead) continue
        if (other.deleted) {
          taken.push({ taken: kind, leadId: other.id })
          emptied.push(other)
          continue
        }
        notWritten.push({ notWritten: kind, reason: 'other_lead', leadId: other.id })
        pair(lead.id, other.id, [kind], now)
        delete write[kind]
      }
      if (by === 'email' && write.externalId && lead.known.externalId) {
        notWritten.push({ notWritten: 'externalId', reason: 'has_another' })
        delete write.externalId
      }
      for (const other of emptied) {
        other.known = { externalId: null, email: null, phone: null }
        for (const alias of aliases.filter(({ leadId }) => leadId === other.id))
          aliases.splice(aliases.indexOf(alias), 1)
      }
      const match = { matchedBy: by, ...(by && byAlias.includes(by) && { alias: true }) }
      lead.entries.push({ at, kind: 'matched', decision, because: [match, ...notWritten, ...taken] })
      lead.deleted = false
      for (const kind of kinds)
        lead.known[kind] = released ? (lead.known[kind] ?? write[kind] ?? null) : (write[kind] ?? lead.known[kind])
      if (released)
        lead.entries.push(
          { at, kind: 'held', decision: 'held', because: [{ rule: released.rule }] },
          { at: now, kind: 'released', decision: 'accepted', because: [{ releasedBy: released.by }] },
        )
      if (form) lead.sent.push({})
      score(lead, now)
      if (decision === 'created' && rules.some(({ enabled }) => enabled)) assign(lead, now)
      compare(lead, now)
    },

    merge(ids: string[], at: string) {
      const [survivor, loser] = byAge(ids.map(find)) as [ModelLead, ModelLead]
      const before = [survivor, loser].map(({ known, ownerId }) => ({ known: { ...known }, ownerId }))
      const loserPoints = loser.points
      const moved = { entries: loser.entries, sent: loser.sent }
      survivor.entries = [...survivor.entries, ...moved.entries]
      survivor.sent = [...survivor.sent, ...moved.sent]
      loser.entries = []
      loser.sent = []
      const movedAliases = aliases.filter(({ leadId }) => leadId === loser.id)
      for (const alias of movedAliases) alias.leadId = survivor.id
      const followers = leads.filter(({ mergedInto }) => mergedInto === loser.id)
      for (const follower of followers) follower.mergedInto = survivor.id
      const newAliases = kinds.flatMap((kind) => {
        const value = loser.known[kind]
        survivor.known[kind] ??= value
        const taken = aliases.some((alias) => alias.kind === kind && alias.value === value)
        return value === null || value === survivor.known[kind] || taken ? [] : [{ kind, value, leadId: survivor.id }]
      })
      aliases.push(...newAliases)
      loser.known = { externalId: null, email: null, phone: null }
      loser.mergedInto = survivor.id
      survivor.ownerId ??= loser.ownerId
      const ownerAfter = survivor.ownerId
      const added = pairs
        .filter(
          ({ one, other }) =>
            (one === loser.id) !== (other === loser.id) && one !== survivor.id && other !== survivor.id,
        )
        .flatMap(({ one, other, reasons }) => {
          const third = one === loser.id ? other : one
          const exists = pairs.some((p) => [p.one, p.other].includes(third) && [p.one, p.other].includes(survivor.id))
          return exists ? [] : (pair(third, survivor.id, reasons, at) ?? [])
        })
      const waited = waits.get(loser.id)
      if (waited) waits.set(survivor.id, { ruleId: null, told: waits.get(survivor.id)?.told ?? null })
      score(survivor, at)
      compare(survivor, at)

      lastMerge = {
        survivor,
        loser,
        undo() {
          loser.entries = moved.entries
          loser.sent = moved.sent
          survivor.entries = survivor.entries.filter((entry) => !moved.entries.includes(entry))
          survivor.sent = survivor.sent.filter((one) => !moved.sent.includes(one))
          for (const alias of movedAliases) alias.leadId = loser.id
          for (const follower of followers) follower.mergedInto = loser.id
          for (const alias of newAliases) aliases.splice(aliases.indexOf(alias), 1)
          for (const one of added) pairs.splice(pairs.indexOf(one), 1)
          survivor.known = before[0]!.known
          loser.known = before[1]!.known
          if (survivor.ownerId === ownerAfter) survivor.ownerId = before[0]!.ownerId
          loser.ownerId = before[1]!.ownerId
          loser.points = loserPoints
          loser.mergedInto = null
          if (waited) waits.set(loser.id, { ruleId: null, told: waits.get(loser.id)?.told ?? null })
        },
      }
    },

    undo(at: string) {
      const { survivor, loser, undo } = lastMerge!
      lastMerge = undefined
      undo()
      for (const lead of [survivor, loser]) score(lead, at)
      for (const lead of [survivor, loser]) compare(lead, at)
    },

    remove(id: string) {
      lastMerge = undefined
      find(id).deleted = true
    },

    setAbsent(memberId: string, isAbsent: boolean, at: string) {
      if (isAbsent) absent.add(memberId)
      else absent.delete(memberId)
      lookAgain(at)
    },
    isAbsent: (memberId: string) => absent.has(memberId),

    setRule(rule: AssignmentRule, enabled: boolean, at: string) {
      rule.enabled = enabled
      for (const wait of waits.values()) wait.ruleId = null
      lookAgain(at)
    },

    setPoints(rule: ScoreRule, points: number, at: string) {
      rule.points = points
      for (const lead of byAge(leads)) score(lead, at)
    },

    explain(id: string): Entry[] {
      const suggested = pairs
        .filter(({ one, other }) => one === id || other === id)
        .map(({ one, other, reasons, at }) => ({
          at,
          kind: 'duplicate',
          decision: 'suggested',
          because: [...reasons].sort().map((reason) => ({ leadId: one === id ? other : one, reason })),
        }))
      return [...find(id).entries, ...suggested]
    },
  }
}
