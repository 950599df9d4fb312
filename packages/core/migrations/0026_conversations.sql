-- What is said between the workspace and one person on one channel. Messages hang on it, so that a merge or its undo moves it as
-- a whole. `address` is theirs, `sender` our own number or account that they last wrote to. Without a lead: somebody unknown.
create table conversations (
  workspace_id uuid not null,
  id uuid not null,
  lead_id uuid,
  channel text not null,
  address text not null,
  sender text,
  status text not null default 'open' check (status in ('open', 'closed')),
  owner_id uuid,
  snoozed_until timestamptz(3),
  unread integer not null default 0,
  last_message_id uuid,
  last_message_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, id)
);
create index conversations_recent on conversations (workspace_id, last_message_at, id);
create index conversations_lead on conversations (workspace_id, lead_id, last_message_at, id) where lead_id is not null;
create index conversations_owner on conversations (workspace_id, owner_id, last_message_at, id) where owner_id is not null;
create index conversations_unread on conversations (workspace_id, last_message_at, id) where unread > 0;
create index conversations_address on conversations (workspace_id, channel, address);

-- `due_at` is when it leaves, `claimed_at` when it was given to the provider: before that call, in a transaction of its own, so that
-- a crash leaves a message that nobody sends again. `slot` is its place in the pace of its sender.
create table messages (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  channel text not null,
  direction text not null check (direction in ('in', 'out')),
  status text not null check (status in (
    'received', 'queued', 'scheduled', 'sending', 'unknown', 'sent', 'failed', 'undelivered', 'delivered', 'cancelled'
  )),
  address text not null,
  sender text,
  subject text,
  body text not null,
  media jsonb not null default '[]',
  purpose text,
  template_id uuid,
  provider_id text,
  error jsonb,
  opt_out text,
  segments integer,
  encoding text,
  cost jsonb,
  send_at timestamptz(3),
  due_at timestamptz(3),
  slot timestamptz(3),
  attempts integer not null default 0,
  claimed_at timestamptz(3),
  actor jsonb not null,
  source text not null,
  created_at timestamptz(3) not null,
  sent_at timestamptz(3),
  delivered_at timestamptz(3),
  failed_at timestamptz(3),
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade
);
create unique index messages_provider on messages (workspace_id, channel, provider_id) where provider_id is not null;
create index messages_conversation on messages (workspace_id, conversation_id, id);
create index messages_due on messages (workspace_id, due_at) where status in ('queued', 'scheduled');
create index messages_open on messages (workspace_id, claimed_at) where status = 'sending' and provider_id is null;

-- What a provider said of messages that nobody here knows yet: its word may come before its answer. No words, only codes.
create table early_statuses (
  workspace_id uuid not null,
  channel text not null,
  provider_id text not null,
  status text not null,
  error_code text,
  opted_out boolean not null default false,
  created_at timestamptz(3) not null,
  primary key (workspace_id, channel, provider_id, status)
);

-- When each sender may send again, for all workers.
create table sender_paces (
  workspace_id uuid not null,
  channel text not null,
  sender text not null,
  next_at timestamptz(3) not null,
  primary key (workspace_id, channel, sender)
);

-- What a workspace says about a channel; what is not here is as it is by itself.
create table channel_settings (
  workspace_id uuid not null,
  channel text not null,
  settings jsonb not null,
  updated_at timestamptz(3) not null,
  primary key (workspace_id, channel)
);

do $$
declare
  name text;
begin
  foreach name in array array['conversations', 'messages', 'early_statuses', 'sender_paces', 'channel_settings']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace on %I using (workspace_id = current_workspace_id()) with check (workspace_id = current_workspace_id())',
      name
    );
  end loop;
end
$$;
