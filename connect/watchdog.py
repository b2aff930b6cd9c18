"""Runs a server for as long as the process that started it lives: a program of its own, not a module.

``python -I -S watchdog.py DIRECTORY UID GID POSTGRES ARGUMENT...`` starts the server, waits for its standard
input to end or its parent to die (by SIGKILL too), stops the server and removes DIRECTORY. It imports nothing
of the package, so that it starts in a few milliseconds.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

INTERVAL = 0.5  # seconds between two looks at the parent, should a forked child of it keep the pipe open


def main() -> None:
    """Start, watch, stop, remove."""
    parent = os.getppid()
    directory, uid, gid, *command = sys.argv[1:]
    who = {"user": int(uid), "group": int(gid), "extra_groups": []} if os.geteuid() == 0 else {}
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # the end is told by the pipe
    with Path(directory, "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - the command is our caller's, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
            **who,  # type: ignore[call-overload]  # keywords of one overload, by condition
        )
    while server.poll() is None and os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], INTERVAL)
        if readable and not os.read(0, 1):
            break
    _stop(server)
    for _ in range(3):
        shutil.rmtree(directory, ignore_errors=True)
        if not Path(directory).exists():
            break


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Immediate shutdown: the data is thrown away, so nothing needs to be written."""
    with contextlib.suppress(ProcessLookupError):
        server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
