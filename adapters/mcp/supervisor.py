"""Run by itself, as `python supervisor.py LIFELINE COMMAND ARGUMENT...`: a server of tools lives as long as we do.

The command runs in a process group of its own, with our standard streams. When it ends, this ends with its exit code;
when the other end of the pipe LIFELINE is closed, on purpose or by any death of ours, it is killed. Either way what it
has started and left in its group is killed too. Standard library only, so that it starts quickly.
"""

import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

NOT_FOUND = 127


def main(arguments: Sequence[str]) -> None:
    lifeline, command = int(arguments[0]), arguments[1:]
    os.set_inheritable(lifeline, False)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = os.fork()
    if child == 0:
        _become(command)
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, signal.SIG_IGN)
    for stream in range(3):  # else the command's end would not be seen at the other end of these
        os.close(stream)
    while True:
        ready, _, _ = select.select([lifeline, woken], [], [])
        if lifeline in ready:
            _kill_group(child)
        if woken in ready:
            os.read(woken, 100)
        ended, status = os.waitpid(child, 0 if lifeline in ready else os.WNOHANG)
        if ended:
            _kill_group(child)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _become(command: Sequence[str]) -> None:
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        os.execvp(command[0], list(command))  # noqa: S606  # an operator's own command, without a shell
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(NOT_FOUND)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(leader, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
