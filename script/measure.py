"""Measure the speed on generated projects, beside the floor: ``python script/measure.py [FILES...] [--runs N]``.

The floor parses the same files and decodes the trees, in a process of its own. Absolute times drift with the machine,
so everything is run in turns and the medians are set against the floor's. Of one file the floor is the start of Python
with click and pglast.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

_KB = 1024


def _floor(folder: pathlib.Path) -> None:
    from pasteproof.schema.source import parse

    texts = [path.read_text("utf-8") for path in sorted(folder.iterdir())]
    _timed(lambda: [len(parse(text)) for text in texts])


def _simulation(folder: pathlib.Path) -> None:
    from pasteproof.schema.simulate import platform_catalog, simulate
    from pasteproof.schema.source import read

    sources = [read(path, path.name) for path in sorted(folder.iterdir())]
    platform = platform_catalog()
    _timed(lambda: simulate(platform, sources))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _timed(work: Callable[[], object]) -> None:
    before = time.process_time()
    work()
    cpu = time.process_time() - before
    _say(json.dumps([cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB]))


_INSIDE = {"floor": _floor, "simulation": _simulation}


def _asked(command: Sequence[str], folder: pathlib.Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes that a process says it took for its work."""
    command = [*command, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, env=_environment())  # noqa: S603 - ourselves
    cpu, peak = json.loads(done.stdout)
    return float(cpu), float(peak)


def _whole(command: Sequence[str], folder: pathlib.Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a whole process."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command, cwd=folder.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / _KB


def _environment() -> dict[str, str]:
    """The environment of a user: what is compiled is kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _table(title: str, measures: dict[str, Callable[[], tuple[float, float]]], runs: int) -> None:
    """Run the measures in turns; print the medians, and what each is of the first."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            found[name].append(measure())
    _say(title)
    first = 0.0
    for name, values in found.items():
        cpu = statistics.median(value[0] for value in values)
        first = first or cpu
        _say(f"  {name:<24} {cpu:8.3f} s CPU  {cpu / first:6.2f} x  {max(value[1] for value in values):6.0f} MB")


def main() -> None:
    """Write the projects, and measure each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=int, default=[500], help="how many files each project has")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    from pasteproof.tests.corpus import write

    python, here = sys.executable, str(pathlib.Path(__file__).resolve())
    lint = [python, "-m", "pasteproof", "lint", "--format", "json", "project"]
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made) / "project"
        write(folder, 1)
        start = [python, "-c", "import click, pglast"]
        _table("1 file", {"start": lambda: _whole(start, folder), "lint": lambda: _whole(lint, folder)}, given.runs)
        for files in given.files:
            write(folder, files)
            measures = {
                "floor": lambda: _asked([python, here, "--inside", "floor"], folder),
                "simulation": lambda: _asked([python, here, "--inside", "simulation"], folder),
                "lint, whole process": lambda: _whole(lint, folder),
            }
            _table(f"{files} files", measures, given.runs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _INSIDE[sys.argv[2]](pathlib.Path(sys.argv[3]))
    else:
        main()
