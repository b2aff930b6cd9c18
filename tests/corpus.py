"""A project as large as is wanted, written by a seed: the migrations of the measurements.

The mix is that of grown projects: of 100 statements about 31 are policies, 17 indexes, 12 ALTER TABLE, 11 grants and
9 tables; the rest are functions, triggers, views, comments, types and DO blocks. Every statement applies.
"""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator

FILES = 500

_NOUNS = (
    "account", "address", "agreement", "answer", "article", "asset", "badge", "balance", "batch", "booking",
    "branch", "budget", "campaign", "card", "cart", "catalog", "channel", "chapter", "claim", "comment",
    "company", "contact", "contract", "coupon", "course", "customer", "delivery", "device", "document", "draft",
    "event", "export", "feature", "feed", "file", "folder", "form", "goal", "group", "guest", "habit", "image",
    "import", "invite", "invoice", "issue", "item", "journal", "label", "lead", "lesson", "license", "link",
    "list", "location", "log", "meeting", "member", "message", "metric", "milestone", "note", "notice", "offer",
    "option", "order", "package", "page", "parcel", "partner", "payment", "permit", "phase", "photo", "plan",
    "player", "post", "price", "product", "profile", "project", "prompt", "question", "queue", "quote",
    "rating", "receipt", "record", "refund", "region", "report", "request", "review", "reward", "room", "route",
    "rule", "sample", "schedule", "score", "section", "segment", "sensor", "session", "setting", "shift",
    "shop", "skill", "slot", "source", "stage", "step", "store", "stream", "survey", "tag", "target", "task",
    "team", "template", "tenant", "theme", "thread", "ticket", "topic", "track", "trip", "unit", "upload",
    "user", "vehicle", "vendor", "version", "visit", "vote", "wallet", "ward", "webhook", "widget", "workspace",
    "zone",
)  # fmt: skip
_COLUMNS = (
    ("title", "text not null"), ("name", "varchar(120)"), ("slug", "text"), ("status", "text not null default 'draft'"),
    ("amount", "numeric(12, 2) not null default 0"), ("position", "integer not null default 0"),
    ("due_on", "date"), ("starts_at", "timestamptz"), ("ends_at", "timestamp with time zone"),
    ("is_public", "boolean not null default false"), ("payload", "jsonb not null default '{}'::jsonb"),
    ("tags", "text[] not null default '{}'"), ("email", "text"), ("notes", "text"), ("rate", "double precision"),
    ("views", "bigint not null default 0"), ("kind", "text check (kind in ('a', 'b', 'c'))"),
)  # fmt: skip
_ADDED = (
    ("archived_at", "timestamptz"), ("source", "text"), ("external_id", "text"), ("priority", "smallint default 0"),
    ("metadata", "jsonb"), ("deleted_at", "timestamptz"), ("locale", "text default 'en'"), ("color", "text"),
)  # fmt: skip
_WORDS = (
    "Made", "when", "the", "owner", "asks", "for", "it", "and", "kept", "for", "a", "year", "after", "the", "last",
    "change", "so", "that", "a", "report", "can", "say", "why",
)  # fmt: skip


class _Table:
    """A table that the project has by now."""

    def __init__(self, name: str, columns: list[str]) -> None:
        self.name, self.columns = name, columns
        self.indexed: set[tuple[str, ...]] = set()
        self.added: list[tuple[str, str]] = list(_ADDED)


class _Writer:
    """Writes one file after another; each builds on what the earlier ones made."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nobody's secret
        self.tables: list[_Table] = []
        self.number = 0

    def file(self, at: int) -> str:
        """The text of the next file."""
        some = self.random
        new = [self._new_table() for _ in range(some.choice((2, 2, 2, 2, 3)))]
        parts = [f"-- {at:05}: {self._words(8)}", *self._sentence()]
        for table, text in new:
            parts += [text, f"alter table public.{table.name} enable row level security;"]
        tables = [table for table, _ in new]
        for table in tables:
            parts += [*self._indexes(table), *self._policies(table), *self._grants(table)]
        parts += self._rest(at, tables)
        self.tables += tables
        return "".join(part + some.choice(("\n", "\n", "\n", "\n\n")) for part in parts)

    def _words(self, count: int) -> str:
        return " ".join(self.random.choice(_WORDS).lower() for _ in range(count))

    def _sentence(self) -> list[str]:
        return [f"-- {self._words(12)}\n-- {self._words(9)}"] if self.random.random() < 0.5 else []

    def _new_table(self) -> tuple[_Table, str]:
        some = self.random
        self.number += 1
        name = f"{some.choice(_NOUNS)}_{some.choice(_NOUNS)}_{self.number}"
        lines = [
            "  id uuid primary key default gen_random_uuid()",
            "  user_id uuid not null references auth.users (id) on delete cascade",
        ]
        columns = ["id", "user_id", "created_at", "updated_at"]
        if self.tables:
            parent = some.choice(self.tables)
            lines.append(f"  parent_id uuid references public.{parent.name} (id) on delete set null")
            columns.append("parent_id")
        for column, definition in some.sample(_COLUMNS, some.randint(2, 5)):
            lines.append(f"  {column} {definition}")
            columns.append(column)
        lines += [
            "  created_at timestamptz not null default now()",
            "  updated_at timestamptz not null default now()",
        ]
        guard = "if not exists " if some.random() < 0.5 else ""
        return _Table(name, columns), f"create table {guard}public.{name} (\n" + ",\n".join(lines) + "\n);"

    def _indexes(self, table: _Table) -> Iterator[str]:
        wanted: list[tuple[str, ...]] = [("user_id",)]
        if "parent_id" in table.columns and self.random.random() < 0.75:
            wanted.append(("parent_id",))
        if self.random.random() < 0.2:
            wanted.append(("created_at", self.random.choice(table.columns[5:] or ["id"])))
        for columns in wanted:
            method = " using btree" if self.random.random() < 0.3 else ""
            name = f"{table.name}_{'_'.join(columns)}_idx"
            yield f"create index if not exists {name}\n  on public.{table.name}{method} ({', '.join(columns)});"

    def _policies(self, table: _Table) -> Iterator[str]:
        mine = "(select auth.uid()) = user_id"
        if self.random.random() < 0.25:
            mine += (
                f"\n    or exists (\n      select 1 from public.{table.name} as other\n"
                f"      where other.id = {table.name}.id and other.user_id = (select auth.uid())\n    )"
            )
        for verb in ("select", "insert", "update", "delete")[: self.random.choice((3, 4, 4, 4))]:
            using = "" if verb == "insert" else f"\n  using ({mine})"
            check = f"\n  with check ({mine})" if verb in {"insert", "update"} else ""
            name = f"{table.name} {verb} own"
            yield f'create policy "{name}" on public.{table.name}\n  for {verb} to authenticated{using}{check};'

    def _grants(self, table: _Table) -> Iterator[str]:
        yield f"grant select, insert, update, delete on public.{table.name} to authenticated;"
        if self.random.random() < 0.08:
            yield f"grant all on table public.{table.name} to service_role;"

    def _rest(self, at: int, tables: list[_Table]) -> Iterator[str]:
        some, table = self.random, self.random.choice(tables)
        old = some.choice(self.tables) if self.tables else table
        if old.added:
            column, kind = old.added.pop(some.randrange(len(old.added)))
            yield f"alter table public.{old.name}\n  add column if not exists {column} {kind};"
            old.columns.append(column)
        if some.random() < 0.35:
            yield f"comment on table public.{table.name} is 'What {table.name} is: {self._words(6)}';"
        if some.random() < 0.95:
            yield from self._function(at, table)
        if some.random() < 0.9:
            yield self._view(at, table, old)
        if some.random() < 0.8:
            yield self._block(at, table)
        if some.random() < 0.2:
            yield f"create type public.state_{at} as enum ('open', 'closed', 'void');"
        if some.random() < 0.9:
            yield f'drop policy if exists "{old.name} old" on public.{old.name};'
        if some.random() < 0.3:
            yield f"insert into public.{table.name} (user_id) select id from auth.users where id is null;"

    def _function(self, at: int, table: _Table) -> Iterator[str]:
        if self.random.random() < 0.5:
            yield (
                f"create or replace function public.touch_{at}()\nreturns trigger\nlanguage plpgsql\n"
                "set search_path = ''\nas $$\nbegin\n  new.updated_at = now();\n  return new;\nend;\n$$;"
            )
            yield (
                f"create trigger touch_{at}\n  before update on public.{table.name}\n"
                f"  for each row execute function public.touch_{at}();"
            )
        else:
            yield (
                f"create or replace function public.owns_{at}(wanted uuid)\nreturns boolean\nlanguage sql\nstable\n"
                f"security definer\nset search_path = ''\nas $$\n  select exists (\n    select 1\n"
                f"    from public.{table.name} as t\n    where t.id = wanted\n"
                "      and t.user_id = (select auth.uid())\n  );\n$$;"
            )
            yield f"revoke execute on function public.owns_{at}(uuid) from public, anon;"

    def _view(self, at: int, table: _Table, old: _Table) -> str:
        if self.random.random() < 0.5:
            body = (
                f"  select id, user_id, created_at\n  from public.{table.name}\n"
                "  where created_at > now() - interval '7 days';"
            )
        else:
            body = (
                f"  select a.id, a.created_at, count(b.id) as many\n  from public.{table.name} as a\n"
                f"  left join public.{old.name} as b on b.user_id = a.user_id\n  group by a.id, a.created_at;"
            )
        return f"create or replace view public.recent_{at}\nwith (security_invoker = true)\nas\n{body}"

    def _block(self, at: int, table: _Table) -> str:
        if self.random.random() < 0.5:
            return (
                f"do $$\nbegin\n  create type public.level_{at} as enum ('low', 'high');\n"
                "exception\n  when duplicate_object then null;\nend;\n$$;"
            )
        return (
            "do $$\nbegin\n  if not exists (\n    select 1 from pg_constraint where conname = "
            f"'{table.name}_age'\n  ) then\n    alter table public.{table.name}\n"
            f"      add constraint {table.name}_age check (created_at <= updated_at);\n  end if;\nend;\n$$;"
        )


def texts(files: int = FILES, seed: int = 1) -> Iterator[tuple[str, str]]:
    """The migrations in order, each with its file's name; a longer project begins as the shorter one does."""
    writer = _Writer(seed)
    for at in range(1, files + 1):
        yield f"{at:05}_step.sql", writer.file(at)


def write(folder: pathlib.Path, files: int = FILES, seed: int = 1) -> None:
    """Write the migrations into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts(files, seed):
        (folder / name).write_text(text, encoding="utf-8")
