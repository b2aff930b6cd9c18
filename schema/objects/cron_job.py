"""Jobs of pg_cron: rows of ``cron.job`` that ``cron.schedule()`` makes."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object
from ..live import rows_of


class CronJob(Object, frozen=True, kw_only=True):
    """A row of ``cron.job`` that has a name, which is its identity; a job without one is told by nothing.

    ``command`` is the md5 of the command, line ends as LF, as of a function's body: commands hold keys.
    """

    kind: ClassVar[str] = "cron_job"
    live: ClassVar[str] = rows_of(
        "cron_job",
        "cron.job",
        ("jobname", "schedule", "command", "active"),
        "select jobname as identity, schedule, md5(replace(command, e'\\r\\n', e'\\n')) as command, active"
        " from cron.job where jobname is not null and username = current_user",
    )

    schedule: str
    command: str
    active: bool = True
