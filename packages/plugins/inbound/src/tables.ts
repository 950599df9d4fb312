/** What the plugin keeps. Whoever is erased takes their calls along, by `lead_id`; every call goes after 30 days. */
export const migrations = {
  '1_inbound': `
    create table plugin_inbound_sources (
      workspace_id uuid,
      id uuid,
      name text not null,
      kind text not null,
      form_id uuid not null,
      mapping jsonb not null,
      -- Sealed, as the tokens are.
      secret text not null,
      verify_token text,
      access_token text,
      enabled boolean not null,
      last_seen_at timestamptz(3),
      last_error text,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (workspace_id, id)
    );

    create table plugin_inbound_calls (
      workspace_id uuid,
      id uuid,
      source_id uuid not null,
      -- The sender's own id of it: the same one twice is one call.
      delivery text not null,
      lead_id uuid,
      submission_id uuid,
      status text not null,
      error text,
      -- As it came, and for Meta with what was fetched then. It is kept so that it can be replayed.
      body jsonb not null,
      created_at timestamptz(3) not null,
      finished_at timestamptz(3),
      primary key (workspace_id, id),
      unique (workspace_id, source_id, delivery),
      foreign key (workspace_id, source_id) references plugin_inbound_sources on delete cascade
    );
    create index on plugin_inbound_calls (workspace_id, source_id, id);
    create index on plugin_inbound_calls (workspace_id, created_at);
    create index on plugin_inbound_calls (workspace_id, lead_id) where lead_id is not null;
  `,
}
