"""What a policy's expression comes to for a role: a table, and a real server's word on it."""

import pytest

from pasteproof.checks.conditions.expressions import calls, requires_role, roles_compared
from pasteproof.checks.conditions.outcome import Outcome, outcome, plainly_true
from pasteproof.connect.server import Database

ALWAYS, NEVER, SOME, UNDECIDED = Outcome.ALWAYS, Outcome.NEVER, Outcome.SOME, Outcome.UNDECIDED

# expression: for anon, for authenticated
OUTCOMES = {
    "true": (ALWAYS, ALWAYS),
    "false": (NEVER, NEVER),
    "null": (NEVER, NEVER),
    "1 = 1": (ALWAYS, ALWAYS),
    "1 = 2": (NEVER, NEVER),
    "1 <> 1": (NEVER, NEVER),
    "'t'::boolean": (ALWAYS, ALWAYS),
    "not false": (ALWAYS, ALWAYS),
    "not (1 = 1)": (NEVER, NEVER),
    "open": (SOME, SOME),
    "not open": (SOME, SOME),
    "open or true": (ALWAYS, ALWAYS),
    "open and false": (NEVER, NEVER),
    "open and null": (NEVER, NEVER),
    "open is not null": (SOME, SOME),
    "owner = owner": (SOME, SOME),
    "status = 'draft'": (SOME, SOME),
    "status in ('a', 'b')": (SOME, SOME),
    "'a' in ('a', 'b')": (ALWAYS, ALWAYS),
    "'c' in ('a', 'b')": (NEVER, NEVER),
    "'c' in ('a', null)": (NEVER, NEVER),
    "coalesce(null, true)": (ALWAYS, ALWAYS),
    "coalesce(open, true)": (SOME, SOME),
    "auth.uid() = owner": (NEVER, SOME),
    "(select auth.uid()) = owner": (NEVER, SOME),
    "owner = auth.uid()::uuid": (NEVER, SOME),
    "auth.uid() <> owner": (NEVER, SOME),
    "not (auth.uid() = owner)": (NEVER, SOME),
    "auth.uid() = owner or open": (SOME, SOME),
    "auth.uid() = owner or auth.uid() is null": (ALWAYS, SOME),
    "auth.uid() is null": (ALWAYS, NEVER),
    "auth.uid() is not null": (NEVER, ALWAYS),
    "(select auth.uid()) is not null and open": (NEVER, SOME),
    "auth.uid() is not distinct from owner": (SOME, SOME),
    "auth.uid() in (owner)": (NEVER, SOME),
    "owner in (auth.uid())": (NEVER, SOME),
    "owner = any (array[auth.uid()])": (NEVER, SOME),
    "owner not in (auth.uid())": (NEVER, SOME),
    "auth.role() = 'authenticated'": (NEVER, ALWAYS),
    "(select auth.role()) = 'authenticated'": (NEVER, ALWAYS),
    "auth.role() = 'anon'": (ALWAYS, NEVER),
    "auth.role() = 'service_role'": (NEVER, NEVER),
    "auth.role() <> 'anon'": (NEVER, ALWAYS),
    "auth.role() in ('anon', 'authenticated')": (ALWAYS, ALWAYS),
    "auth.role() = any (array['anon'])": (ALWAYS, NEVER),
    "auth.role() = 'authenticated' and auth.uid() = owner": (NEVER, SOME),
    "(auth.jwt() ->> 'role') = 'authenticated'": (NEVER, ALWAYS),
    "((select auth.jwt()) ->> 'role') = 'service_role'": (NEVER, NEVER),
    "(auth.jwt() ->> 'email') = 'me@example.com'": (NEVER, UNDECIDED),
    "(auth.jwt() -> 'app_metadata' ->> 'org') = status": (NEVER, UNDECIDED),
    "(auth.jwt() ->> 'anything') = status": (UNDECIDED, UNDECIDED),
    "auth.email() = 'me@example.com'": (NEVER, SOME),
    "lower(auth.email()) = status": (NEVER, SOME),
    "concat(auth.email(), 'x') = status": (SOME, SOME),
    "coalesce(auth.uid(), owner) = owner": (SOME, SOME),
    "exists (select 1 from public.member m where m.who = auth.uid())": (NEVER, UNDECIDED),
    "exists (select 1 from public.member m where m.who = owner)": (UNDECIDED, UNDECIDED),
    "not exists (select 1 from public.member m where m.who = auth.uid())": (ALWAYS, UNDECIDED),
    "exists (select count(*) from public.member m where m.who = auth.uid())": (UNDECIDED, UNDECIDED),
    "auth.uid() in (select who from public.member)": (NEVER, UNDECIDED),
    "owner in (select who from public.member where who = auth.uid())": (NEVER, UNDECIDED),
    "owner not in (select who from public.member where who = auth.uid())": (ALWAYS, UNDECIDED),
    "(select who from public.member where who = auth.uid() limit 1) = owner": (NEVER, UNDECIDED),
    "(select count(*) from public.member where who = auth.uid()) = 0": (UNDECIDED, UNDECIDED),
    "case when open then true else false end": (SOME, SOME),
    "current_user = 'anon'": (ALWAYS, NEVER),
    "(auth.uid() = owner) is not true": (ALWAYS, SOME),
    "(auth.uid() = owner) is null": (ALWAYS, SOME),
    "(auth.uid() is null) is false": (NEVER, ALWAYS),
    "false = false": (ALWAYS, ALWAYS),
    "open = (auth.uid() is null)": (SOME, SOME),
}


@pytest.mark.parametrize(("expression", "expected"), OUTCOMES.items(), ids=OUTCOMES.keys())
def test_outcome(expression: str, expected: tuple[Outcome, Outcome]) -> None:
    assert (outcome(expression, "anon"), outcome(expression, "authenticated")) == expected


SUB = "00000000-0000-0000-0000-000000000001"
CLAIMS = {"anon": '{"role": "anon"}', "authenticated": f'{{"role": "authenticated", "sub": "{SUB}", "email": "a@b.c"}}'}
ROWS = f"""
create table public.member (who uuid);
insert into public.member values ('{SUB}'), ('00000000-0000-0000-0000-000000000002');
create table public.thing (owner uuid, open boolean, status text);
insert into public.thing select o, b, s
  from unnest(array['{SUB}'::uuid, '00000000-0000-0000-0000-000000000002', null]) o,
       unnest(array[true, false, null]) b, unnest(array['draft', 'a', null]) s;
"""


def test_a_server_agrees(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(ROWS)
        wrong = []
        for expression, expected in OUTCOMES.items():
            for role, meant in zip(CLAIMS, expected, strict=True):
                with connection.transaction():
                    connection.execute(f"set local role {role}")
                    connection.execute("select set_config('request.jwt.claims', %s, true)", [CLAIMS[role]])
                    query = f"select count(*), count(*) filter (where {expression}) from public.thing"
                    (rows, passed), *_ = connection.execute(query).fetchall()
                if (meant is ALWAYS and passed != rows) or (meant is NEVER and passed):
                    wrong.append((expression, role, passed))
        assert wrong == []


CALLS = {
    "true": set(),
    "auth.uid() = a": {("auth.uid", False)},
    "(select auth.uid()) = a": {("auth.uid", True)},
    "(select (auth.uid())) = a": {("auth.uid", True)},
    "(select auth.uid()::text) = a": {("auth.uid", False)},
    "a in (select auth.uid())": {("auth.uid", True)},
    "(select distinct auth.uid()) = a": {("auth.uid", False)},
    '"auth" . "uid" () = a': {("auth.uid", False)},
    "pg_catalog.current_setting('x') = f(auth.jwt())": {
        ("current_setting", False),
        ("f", False),
        ("auth.jwt", False),
    },
    "exists (select 1 from t where u = auth.uid())": {("auth.uid", False)},
}


@pytest.mark.parametrize(("expression", "expected"), CALLS.items(), ids=CALLS.keys())
def test_calls(expression: str, expected: set[tuple[str, bool]]) -> None:
    assert set(calls(expression)) == expected


ROLES = {
    "auth.role() = 'authenticated'": ({"authenticated"}, False),
    "auth.role() = 'service_role'": ({"service_role"}, True),
    "'service_role' = (select auth.role())": ({"service_role"}, True),
    "auth.role() = 'service_role'::text": ({"service_role"}, True),
    "(auth.jwt() ->> 'role') = 'service_role' and open": ({"service_role"}, True),
    "(auth.jwt() ->> 'role') = 'service_role' or open": ({"service_role"}, False),
    "not (auth.role() = 'service_role')": ({"service_role"}, False),
    "auth.role() <> 'service_role'": (set(), False),
    "auth.role() in ('anon', 'service_role')": ({"anon", "service_role"}, False),
    "auth.role() = any (array['service_role'])": ({"service_role"}, True),
    "current_setting('request.jwt.claims', true)::json ->> 'role' = 'service_role'": ({"service_role"}, True),
    "current_setting('request.jwt.claim.role', true) = 'service_role'": ({"service_role"}, True),
    "status = 'service_role'": (set(), False),
}


@pytest.mark.parametrize(("expression", "expected"), ROLES.items(), ids=ROLES.keys())
def test_roles(expression: str, expected: tuple[set[str], bool]) -> None:
    assert (set(roles_compared(expression)), requires_role(expression, "service_role")) == expected


@pytest.mark.parametrize("text", ["true", "(TRUE)", "1=1", "((1 = 1))", "1 = 1::int", "'yes'::bool", "true -- x\n"])
def test_plainly_true(text: str) -> None:
    assert plainly_true(text)


@pytest.mark.parametrize("text", ["false", "1", "'1' = '1'", "true and true", "not false", "(select true)", "x", "1=2"])
def test_not_plainly_true(text: str) -> None:
    assert not plainly_true(text)
