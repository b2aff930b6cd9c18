"""Measure the speed on generated projects, beside the floor: ``python script/measure.py [FILES...] [--runs N]``.

A floor parses the same files and decodes the trees, in a process of its own: once with the decoder that comes with
Python, once with msgspec's, the faster; whatever is measured is set against both, a column each. The simulation, which
parses, too, is set against the CPU of that work alone, and a lint, as a whole process, against a whole process that
does nothing else: Python, pglast, the decoding. Of one file the floor is the start of Python with click and pglast.
Absolute times drift with the machine, so everything is run in turns and the medians are set against the floors'. Of
several sizes (``500 5000``) it is said as well how the simulation grows from one to the next: 1.0 is as the files do.

``--rules`` says which rules take the time of a lint, ``--beside NAME=COMMAND`` runs another linter over the same
folder, its wall time and peak beside ours.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence

_KB = 1024
_DECODERS = {
    "json": "import json\ndecode = json.loads",
    "msgspec": """
import msgspec

class Raw(msgspec.Struct):
    stmt: dict

class Parsed(msgspec.Struct):
    stmts: list[Raw]

decode = msgspec.json.Decoder(Parsed).decode
""",
}
# What runs in a process of its own, with nothing of this script's in it: the work between two looks at the clock
_PROCESS = """
import json, pathlib, resource, sys, time
{imports}
paths = sorted(pathlib.Path(sys.argv[1]).iterdir())
{ready}
del paths
before = time.process_time()
{work}
print(json.dumps([time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
_FLOORS = {
    name: _PROCESS.format(
        imports=f"from pglast.parser import parse_sql_json\n{decoder}",
        ready='texts = [path.read_text("utf-8") for path in paths]',
        work="for text in texts: decode(parse_sql_json(text))",
    )
    for name, decoder in _DECODERS.items()
}
_SIMULATION = _PROCESS.format(
    imports="from pasteproof.schema.simulate import platform_catalog, simulate\n"
    "from pasteproof.schema.source import read",
    ready="sources, platform = [read(path, path.name) for path in paths], platform_catalog()",
    work="simulate(platform, sources)",
)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _rules(folder: pathlib.Path) -> None:
    """Print what each rule takes, the ten dearest first."""
    import msgspec

    from pasteproof.checks.lint import Options, lint, simulated
    from pasteproof.checks.rule import Rule, rules
    from pasteproof.schema.project import load

    taken: collections.Counter[str] = collections.Counter()

    def timed(rule: Rule, function: Callable[..., Iterable[object]]) -> Callable[..., Iterable[object]]:
        def call(*arguments: object) -> Iterable[object]:
            before = time.process_time()
            found = list(function(*arguments))
            taken[rule.name] += time.process_time() - before  # type: ignore[assignment]  # seconds, no counts
            return found

        return call

    for rule in rules().values():
        rule.checks[:] = [msgspec.structs.replace(each, function=timed(rule, each.function)) for each in rule.checks]
    project = load(folder.parent, [folder])
    lint(project, Options(), simulated(project))
    for name, seconds in taken.most_common(10):
        _say(f"  {name:<50} {seconds:8.3f} s CPU")


def _asked(command: Sequence[str], folder: pathlib.Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes that a process says it took for its work."""
    command = [*command, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, env=_environment())  # noqa: S603 - ourselves
    cpu, peak = json.loads(done.stdout)
    return float(cpu), float(peak)


def _whole(command: Sequence[str], folder: pathlib.Path, *, wall: bool = False) -> tuple[float, float]:
    """CPU (or wall) seconds and peak megabytes of a whole process."""
    before = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command, cwd=folder.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    seconds = time.perf_counter() - before if wall else used.ru_utime + used.ru_stime
    return seconds, used.ru_maxrss / _KB


def _environment() -> dict[str, str]:
    """The environment of a user: what is compiled is kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _table(
    title: str, measures: dict[str, Callable[[], tuple[float, float]]], runs: int, *, floors: int = 1, of: str = "CPU"
) -> dict[str, float]:
    """Run the measures in turns; print the medians, and what each is of the first ones. Returns the medians."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            found[name].append(measure())
    _say(title)
    medians = {name: statistics.median(value[0] for value in values) for name, values in found.items()}
    firsts = [*medians.values()][:floors]
    for name, values in found.items():
        took, peak = medians[name], max(value[1] for value in values)
        ratios = "".join(f"{took / first:6.2f} x  " for first in firsts)
        _say(f"  {name:<24} {took:8.3f} s {of}  {ratios}{peak:6.0f} MB")
    return medians


def _timer(command: Sequence[str], folder: pathlib.Path) -> Callable[[], tuple[float, float]]:
    return lambda: _whole(command, folder, wall=True)


def _runner(
    how: Callable[[Sequence[str], pathlib.Path], tuple[float, float]], command: Sequence[str], folder: pathlib.Path
) -> Callable[[], tuple[float, float]]:
    return lambda: how(command, folder)


def main() -> None:
    """Write the projects, and measure each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=int, default=[500], help="how many files each project has")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rules", action="store_true", help="say which rules take the time")
    parser.add_argument("--beside", action="append", default=[], metavar="NAME=COMMAND", help="another linter")
    given = parser.parse_args()
    from pasteproof.tests.corpus import write

    python, here = sys.executable, str(pathlib.Path(__file__).resolve())
    lint = [python, "-m", "pasteproof", "lint", "--format", "json", "project"]
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made) / "project"
        write(folder, 1)
        start = [python, "-c", "import click, pglast"]
        _table("1 file", {"start": lambda: _whole(start, folder), "lint": lambda: _whole(lint, folder)}, given.runs)
        before: tuple[int, float] | None = None
        for files in given.files:
            write(folder, files)
            inside = {f"floor, {name}": _runner(_asked, [python, "-c", code], folder) for name, code in _FLOORS.items()}
            inside["simulation"] = _runner(_asked, [python, "-c", _SIMULATION], folder)
            medians = _table(f"{files} files", inside, given.runs, floors=len(_FLOORS))
            whole = {
                f"floor, {name}": _runner(_whole, [python, "-c", code, str(folder)], folder)
                for name, code in _FLOORS.items()
            }
            whole["lint"] = _runner(_whole, lint, folder)
            _table(f"{files} files, whole process", whole, given.runs, floors=len(_FLOORS))
            if before is not None:
                growth = (medians["simulation"] / before[1]) / (files / before[0])
                _say(f"  the simulation grows {growth:.2f} times as the files do, from {before[0]}")
            before = files, medians["simulation"]
            if given.rules:
                subprocess.run([python, here, "--inside", str(folder)], check=True, env=_environment())  # noqa: S603 - ourselves
            if given.beside:
                others = {name: shlex.split(words) for name, _, words in (each.partition("=") for each in given.beside)}
                walls = {name: _timer([*words, str(folder)], folder) for name, words in others.items()}
                _table(f"{files} files, wall", {"lint": _timer(lint, folder), **walls}, given.runs, of="wall")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _rules(pathlib.Path(sys.argv[2]))
    else:
        main()
