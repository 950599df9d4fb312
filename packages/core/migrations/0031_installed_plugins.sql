-- The plugins that processes of this installation have brought, each as its last one had it; of the installation, so no
-- workspace. Events are handed out by this list: while an installation is updated, some of its processes do not know
-- every plugin. `seen_at` is told by workers that have it; what no worker has had for an hour is told of nothing more.
create table installed_plugins (
  plugin_id text primary key,
  name text not null,
  version text,
  -- What it consists of, by its keys: the names of its jobs, routes, settings…
  parts jsonb not null,
  installed_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  seen_at timestamptz(3) not null default now()
);
