"""Default privileges are to be changed for a role of the platform's: refused with 42501.

Only a member of a role may say what its later objects are granted, and ``postgres`` is no member of
``supabase_admin`` or of the other roles that the platform works as. Dumps of a whole project hold such statements.

Without FOR ROLE, or FOR ROLE ``postgres``, the statement is about what the migrations make.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.source import Statement
from ..finding import Level
from ..platform import closed_roles
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Statement, kinds=("AlterDefaultPrivilegesStmt",), topic=Topic.EXTENSIONS)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for FOR ROLE with a role that postgres is no member of."""
    closed = closed_roles(schema)
    options = [each["DefElem"] for each in statement.node.get("options", ())]
    named = [
        str(each["RoleSpec"].get("rolename", ""))
        for option in options
        if option["defname"] == "roles"
        for each in option["arg"]["List"]["items"]
    ]
    refused = [name for name in named if name in closed]
    if refused:
        yield Fault(
            statement,
            f"the platform refuses this: postgres may not change the default privileges of {listed(refused)} (42501)",
            why=(f"postgres is no member of {listed(map(quote_ident, refused))}",),
            remedy="Leave it out: what migrations make is made by postgres, and FOR ROLE postgres alone matters to it",
        )
