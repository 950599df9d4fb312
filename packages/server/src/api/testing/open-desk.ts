import { type Job, newId, runJob, sql } from '@leadnest/core'
import { expect } from 'vitest'
import { testServer } from '../../testing.ts'

/** A server with a key and somebody who can own leads, and what tests of bulk changes and jobs ask of it. */
export async function openDesk() {
  const server = await testServer()
  const { nest } = server
  const { workspaceId } = nest
  const key = await nest.key()
  const ownerId = (await nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
  let count = 0
  let company = ''

  const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
  const ours = () => `company = ${company}`
  const job = async (id: string): Promise<Job> => (await ask(`GET /v1/jobs/${id}`)).json
  async function done(started: Job): Promise<Job> {
    await nest.settle()
    return job(started.id)
  }
  async function started(route: string, body?: object): Promise<Job> {
    const { status, json, text } = await ask(route, body)
    expect(status, text).toBe(202)
    return json
  }

  return {
    server,
    key,
    ownerId,
    ask,
    job,
    done,
    ours,
    /** Another company, whose leads are those of this test. */
    begin: () => (company = `company${count++}`),
    /** Makes leads of the company. Returns their ids in their order. */
    async leads(number: number): Promise<string[]> {
      const ids = Array.from({ length: number }, () => newId()).sort()
      await nest.inWorkspace(workspaceId, (tx) =>
        tx.query(sql`
          insert into leads (workspace_id, id, email, company, created_at, updated_at, last_activity_at)
          select ${workspaceId}::uuid, id, id || '@example.com', ${company}, now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'
          from unnest(${ids}::uuid[]) as id`),
      )
      return ids
    },
    bulk: (action: object, which: object = { filter: ours() }) => started('POST /v1/leads/bulk', { ...which, action }),
    undone: async (job: Job) => done(await started(`POST /v1/jobs/${job.id}/undo`)),
    /** Lets a job do one batch. */
    run: ({ id: jobId }: Job, size?: number) =>
      runJob(nest, { workspaceId, jobId }, { patience: 0, ...(size && { size }) }),
    list: async (filter = ours()) =>
      (await ask(`GET /v1/leads?limit=200&sort=createdAt&filter=${encodeURIComponent(filter)}`)).json.data as {
        id: string
        [name: string]: unknown
      }[],
    lead: async (id: string) => (await ask(`GET /v1/leads/${id}`)).json,
    timeline: async (id: string) => (await ask(`GET /v1/leads/${id}/timeline`)).json.data,
    /** Events that a job wrote on leads. */
    eventsOf: ({ id }: Job) =>
      nest.inWorkspace(workspaceId, (tx) =>
        tx.query<{ leadId: string; type: string }>(sql`
          select lead_id, type from events
          where workspace_id = ${workspaceId} and lead_id is not null and data ->> 'jobId' = ${id}`),
      ),
  }
}
