/** What the plugin keeps. Whoever is erased takes their messages, deliveries and tries along, by `lead_id`. */
export const migrations = {
  '1_webhooks': `
    create table plugin_webhooks_endpoints (
      workspace_id uuid,
      id uuid,
      url text not null,
      description text not null,
      types text[] not null,
      changed text[] not null,
      filter text not null,
      header_names text[] not null,
      -- Sealed, as the secrets are.
      headers text not null,
      payload_version integer not null,
      secret text not null,
      previous_secret text,
      previous_secret_until timestamptz(3),
      enabled boolean not null,
      disabled_reason text,
      disabled_at timestamptz(3),
      -- Since when nothing was taken; how often in a row it could not be reached, or asked for patience.
      failing_since timestamptz(3),
      failures integer not null default 0,
      paused_until timestamptz(3),
      -- How many requests may be open at once; whether the last ones took long.
      lanes integer not null,
      slow boolean not null default false,
      -- One job at a time sends to it.
      busy_until timestamptz(3),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (workspace_id, id)
    );

    -- What is told of an event, once for all endpoints. Without a lead it has no body: it is made of the event then.
    create table plugin_webhooks_messages (
      workspace_id uuid,
      event_id uuid,
      lead_id uuid,
      body text,
      created_at timestamptz(3) not null,
      primary key (workspace_id, event_id)
    );
    create index on plugin_webhooks_messages (workspace_id, lead_id) where lead_id is not null;

    create table plugin_webhooks_deliveries (
      workspace_id uuid,
      id uuid,
      endpoint_id uuid not null,
      event_id uuid not null,
      lead_id uuid,
      type text not null,
      test boolean not null default false,
      status text not null,
      tries integer not null default 0,
      -- Null once nothing more is tried.
      next_at timestamptz(3),
      last_status integer,
      last_error text,
      created_at timestamptz(3) not null,
      finished_at timestamptz(3),
      primary key (workspace_id, id),
      unique (workspace_id, endpoint_id, event_id),
      foreign key (workspace_id, endpoint_id) references plugin_webhooks_endpoints on delete cascade
    );
    create index on plugin_webhooks_deliveries (workspace_id, endpoint_id, next_at, id) where next_at is not null;
    create index on plugin_webhooks_deliveries (workspace_id, endpoint_id, id);
    create index on plugin_webhooks_deliveries (workspace_id, lead_id) where lead_id is not null;

    create table plugin_webhooks_tries (
      workspace_id uuid,
      delivery_id uuid,
      id uuid,
      lead_id uuid,
      status integer,
      error text,
      duration_ms integer not null,
      body text,
      created_at timestamptz(3) not null,
      primary key (workspace_id, delivery_id, id),
      foreign key (workspace_id, delivery_id) references plugin_webhooks_deliveries on delete cascade
    );
    create index on plugin_webhooks_tries (workspace_id, lead_id) where lead_id is not null;
  `,
  // Each secret that was replaced has its own day, as [{ secret, until }] with the newest first.
  '2_replaced_secrets': `
    alter table plugin_webhooks_endpoints rename column previous_secret to replaced_secrets;
    alter table plugin_webhooks_endpoints alter column replaced_secrets type jsonb using case
      when replaced_secrets is null then '[]' else jsonb_build_array(jsonb_build_object('secret', replaced_secrets,
        'until', to_char(previous_secret_until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) end;
    alter table plugin_webhooks_endpoints alter column replaced_secrets set default '[]', alter column replaced_secrets set not null;
  `,
}
