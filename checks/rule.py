"""Rules: what they are about, how they yield faults, and where they are found."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from .finding import Edit, Level, Related
from .topic import Topic, topic_of

if TYPE_CHECKING:
    from ..schema.catalog import Event, Key, Object
    from ..schema.objects.policy import Policy
    from ..schema.source import Location, Statement
    from .schema import Schema

S = TypeVar("S")
F = TypeVar("F", bound=Callable[[str], object])

Profile = Literal["default", "pedantic"]  # pedantic: what is sound advice, and no fault

_SPLINTER = "https://supabase.com/docs/guides/database/database-linter?lint="


class Fault(msgspec.Struct, frozen=True):
    """What a rule's check yields; the engine makes a finding of it.

    ``subject`` is the object, statement, event or place at fault; ``at`` moves the finding to another place,
    ``object`` names the object where the subject is none. ``sql`` must mend the fault where it is run after all
    migrations, unless ``example`` says that it is to be filled in, or only asks; ``edit`` is the remedy where a file
    itself is to be changed.
    """

    subject: Object | Statement | Event | Location | None
    message: str
    why: tuple[str, ...] = ()
    remedy: str = ""
    sql: str | None = None
    related: tuple[Related, ...] = ()
    cache_keys: tuple[str, ...] = ()
    level: Level | None = None
    at: Location | None = None
    object: Key | None = None
    example: bool = False
    edit: Edit | None = None


class Check(msgspec.Struct, frozen=True):
    """One generator of a rule and what it is to be called with."""

    about: type[Any]
    kinds: frozenset[str]
    function: Callable[[Any, Schema], Iterable[Fault]]


class Rule:
    """A rule, named as its module; the module's docstring is its manual page.

    ``about`` says what the check is called with, one at a time: an object kind (``Table``), ``Statement`` (of
    the node kinds in ``kinds``, or all), an event (``Rejection``), ``Source``, ``Target``, ``Difference`` or
    ``Suppression``. ``splinter`` is the number and name of the Advisor's own lint, where it is one. ``topic`` is its
    chapter in the index of pages, by default that of what it is about.
    """

    def __init__(
        self,
        module: str,
        *,
        level: Level,
        about: type[Any],
        kinds: Iterable[str] = (),
        splinter: str | None = None,
        profile: Profile = "default",
        topic: Topic | None = None,
    ) -> None:
        self.module, self.level, self.about = module, level, about
        self.kinds, self.splinter, self.profile = frozenset(kinds), splinter, profile
        self.topic = topic or topic_of(about)
        self.name = module.rpartition(".")[2]
        self.checks: list[Check] = []
        self.may_fault: Callable[[str], object] | None = None

    def __call__(self, function: Callable[[S, Schema], Iterable[Fault]]) -> Callable[[S, Schema], Iterable[Fault]]:
        """Make a generator the rule's check."""
        self.checks.append(Check(self.about, self.kinds, function))
        return function

    def where(self, may_fault: F) -> F:
        """Ask this of each expression, and leave out the policies that have some and none that may be at fault."""
        self.may_fault = may_fault
        return may_fault

    def also(self, about: type[Any], *kinds: str) -> Callable[[Callable[[S, Schema], Iterable[Fault]]], None]:
        """Add a check about something else."""

        def register(function: Callable[[S, Schema], Iterable[Fault]]) -> None:
            self.checks.append(Check(about, frozenset(kinds), function))

        return register

    @property
    def manual(self) -> str:
        """The rule's page: the fault in its first line, then why it matters and what is not found."""
        return (sys.modules[self.module].__doc__ or "").strip()

    @property
    def summary(self) -> str:
        """The fault, in one sentence."""
        return self.manual.partition("\n\n")[0].replace("\n", " ")

    @property
    def number(self) -> str | None:
        """The number of the Advisor's lint, where the rule is one of them."""
        return self.splinter.partition("_")[0] if self.splinter else None

    @property
    def url(self) -> str | None:
        """The Advisor's page, where the rule is one of its lints."""
        return _SPLINTER + self.splinter if self.splinter else None


def concerning(called: Sequence[tuple[Rule, Check]]) -> Callable[[Any], Iterable[tuple[Rule, Check]]]:
    """Choose, for an object, those of the checks about its kind that it is to be put to.

    Policies say the same again and again: what hangs on an expression alone is asked once for each.
    """
    if not any(rule.may_fault for rule, check in called if check.about is rule.about):
        return lambda _: called

    @cache
    def found(text: str) -> frozenset[Rule]:
        return frozenset(rule for rule, _ in called if rule.may_fault is None or rule.may_fault(text))

    @cache
    def chosen(*texts: str | None) -> Sequence[tuple[Rule, Check]]:
        wanted = [found(text) for text in texts if text is not None]
        asked = frozenset().union(*wanted)
        return [each for each in called if each[0] in asked] if wanted else called

    def of_policy(policy: Policy) -> Sequence[tuple[Rule, Check]]:
        return chosen(policy.using, policy.check)

    return of_policy


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its name: one module each, in ``checks/rules``."""
    package = import_module(f"{__package__}.rules")
    found = (import_module(f"{package.__name__}.{m.name}").rule for m in pkgutil.iter_modules(package.__path__))
    return {rule.name: rule for rule in sorted(found, key=lambda rule: str(rule.name))}


class UnknownRuleError(LookupError):
    """A name that no rule has, and where it is written, if that is a file."""

    def __init__(self, name: str, place: Location | None = None) -> None:
        super().__init__(unknown_rule(name))
        self.place = place


def unknown_rule(name: str) -> str:
    """Say that there is no such rule, and which one may have been meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, rules(), n=1)
    return f"there is no rule {name!r}" + (f"; did you mean {close[0]}?" if close else "; see `schema rules`")


def rule_named(name: str) -> Rule:
    """Find a rule; raises UnknownRuleError with a suggestion."""
    try:
        return rules()[name]
    except KeyError:
        raise UnknownRuleError(name) from None
