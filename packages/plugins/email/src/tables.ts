/** What the plugin keeps: who wants to hear of what, what they are still to hear, and whom nobody answered. No words of anybody. */
export const migrations = {
  '1_notices': `
    create table plugin_email_people (
      workspace_id uuid,
      user_id uuid,
      kinds text[] not null,
      pace text not null,
      primary key (workspace_id, user_id)
    );

    create table plugin_email_notices (
      workspace_id uuid,
      id uuid,
      event_id uuid not null,
      user_id uuid not null,
      kind text not null,
      lead_id uuid,
      -- The name of a form.
      about text,
      due_at timestamptz(3) not null,
      sent_at timestamptz(3),
      created_at timestamptz(3) not null,
      primary key (workspace_id, id),
      -- Of one event somebody hears the same thing once.
      unique (workspace_id, event_id, user_id, kind)
    );
    create index on plugin_email_notices (workspace_id, user_id, due_at) where sent_at is null;
    create index on plugin_email_notices (workspace_id, created_at);
    create index on plugin_email_notices (workspace_id, lead_id) where lead_id is not null;

    create table plugin_email_unanswered (
      workspace_id uuid,
      lead_id uuid,
      event_id uuid not null,
      since timestamptz(3) not null,
      primary key (workspace_id, lead_id)
    );

    -- Whom a form was answered by itself, and on which day (UTC): once a day is enough.
    create table plugin_email_replies (
      workspace_id uuid,
      lead_id uuid,
      day date,
      primary key (workspace_id, lead_id, day)
    );
  `,
}
