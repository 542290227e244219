-- The peers' tables: the shape of ours without the journal. Room on each page keeps the touch of a session heap-only.
create table sessions (
    id          bigint generated always as identity primary key,
    user_id     bigint not null,
    title       text not null,
    description text,
    is_active   boolean not null default true,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
) with (fillfactor = 70);
create index sessions_user_id on sessions (user_id);

create table messages (
    id           bigint generated always as identity primary key,
    session_id   bigint not null references sessions (id) on delete cascade,
    role         text not null,
    content      text not null,
    message_type text not null default 'text',
    metadata     jsonb not null default '{}',
    created_at   timestamptz not null default now()
);
create index messages_session_id on messages (session_id, id);

create table components (
    id             bigint generated always as identity primary key,
    session_id     bigint not null references sessions (id) on delete cascade,
    name           text not null,
    jsx_code       text not null,
    css_code       text not null default '',
    component_type text not null default 'component',
    is_current     boolean not null default true,
    metadata       jsonb not null default '{}',
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create index components_session_id on components (session_id, id);
create unique index components_one_current on components (session_id) where is_current;
