"""An ignore comment or a waiver hides nothing, or cannot count.

It names a rule that finds nothing there (any more), or one that there is not, or it gives no reason. Left
in place it would hide the next finding, which nobody has judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Edit, Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..suppression import Suppression

rule = Rule(__name__, level=Level.WARN, about=Suppression)


@rule
def check(suppression: Suppression, schema: Schema) -> Iterator[Fault]:
    """Tell what is wrong with a suppression that was not used."""
    what = "this waiver" if suppression.waiver else "this comment"
    of = f" of {suppression.object}" if suppression.object else ""
    yield Fault(
        suppression.location,
        suppression.problem or f"{what} hides nothing: {suppression.rule} finds nothing{of or ' here'}",
        remedy=_remedy(suppression),
        edit=_taken_out(suppression),
    )


def _remedy(suppression: Suppression) -> str:
    if suppression.problem:
        return suppression.remedy
    return "Take it out" if suppression.alone or suppression.waiver else f"Take {suppression.rule} out of it"


def _taken_out(suppression: Suppression) -> Edit | None:
    """The file without a comment that is about this rule alone."""
    if suppression.problem or suppression.location is None or not suppression.alone:
        return None
    return Edit(suppression.location, "")
