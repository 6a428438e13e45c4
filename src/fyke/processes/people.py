"""Room processes/: names for a process's numbers: its user, its control group, its container."""

from __future__ import annotations

import pwd

from fyke.owner import Process
from fyke.processes.containers import Groups, container_of, root


class Completer:
    """Adds to a process what its events tell only by number.

    The users are read when it is made: afterwards their file may be out of reach.
    """

    def __init__(self) -> None:
        self.users = {entry.pw_uid: entry.pw_name for entry in pwd.getpwall()}
        self.groups = Groups(root())

    def __call__(self, process: Process, cgroup: int) -> Process:
        path = self.groups.path(cgroup)
        return process._replace(user=self.users.get(process.uid, str(process.uid)), cgroup=path,
                                container=container_of(path))
