"""The box: in this order a process gives up what it does not need any more.

Capabilities that programs could have again, the user, its own capabilities, the way to new ones,
files (Landlock), system calls (seccomp). Everything that the process works with is open before.
"""

from __future__ import annotations

import os

from fyke.errors import CaptureError, FykeError, SandboxError
from fyke.hints import Callable, Iterable
from fyke.live import privileges
from fyke.sandbox import landlock, modules, seccomp

AUTO, STRICT, OFF = MODES = ("auto", "strict", "off")


#: Roles without Landlock: a command that may be any program; who looks at other processes, which
#: Landlock hides.
FREE_TO_READ = ("command", "ask")


class Box:
    """What is given up, and in which ``mode``: STRICT refuses to go on without all of it.

    ``user``: who root becomes; ``named``: by a person, so that it must be possible. ``keep``:
    bits of the capabilities that are not given up. ``imports``: modules are still to be imported.
    ``lacking``: a line for each step that the kernel, or the container, does not let us take.
    """

    def __init__(self, role: str, mode: str = AUTO, *, user: str | None = None,
                 named: bool = False, keep: int = 0, imports: bool = True) -> None:
        self.role = role
        self.mode = mode
        self.user = user
        self.named = named
        self.keep = keep
        self.imports = imports
        self.lacking: list[str] = []
        # made by the one who forks: read once, for its helpers too
        self.program = seccomp.shipped(role) if mode != OFF and seccomp.machine() else b""

    def enter(self, read: Iterable[str] = (), write: Iterable[str] = (), *,
              folders: bool = False, taps: Iterable[int] = (),
              between: Callable[[], None] | None = None) -> None:
        """Take all steps; see the file's head. ``read`` and ``write``: what may still be opened.

        ``taps``: descriptors that nothing may be sent through. ``between`` is called when the
        user has changed. Raises SandboxError in STRICT mode, CaptureError, UsageError.
        """
        self.change_user()
        if between is not None:
            between()
        self.step("no_new_privs", privileges.forbid_new)
        if self.mode == OFF:
            return
        if self.role not in FREE_TO_READ:
            self.step("Landlock", lambda: landlock.restrict(
                [*modules.folders(), *modules.SYSTEM,
                 *(modules.RESOLVER if self.role == "names" else ()), *read], write,
                folders=folders,
                network=self.role in ("names", "ask"), signals=self.role == "lead"))
        if not self.program:
            self.lack(f"seccomp: there is no program for this machine ({os.uname().machine})")
            return
        silenced = list(taps)
        if silenced:
            self.step("seccomp", lambda: seccomp.attach(seccomp.silent(silenced)))
        self.step("seccomp", lambda: seccomp.attach(self.program))

    def change_user(self) -> None:
        """The bounding set, the user with the groups, the other sets."""
        if os.geteuid() == 0:
            self.step("capability bounding set", privileges.drop_bounding_set)
        if self.user is not None:
            opened = modules.open_before() if self.imports else []
            try:
                privileges.become(self.user)
            except CaptureError as error:
                if self.named:
                    raise
                self.lack(str(error).partition(";")[0])
            else:
                if self.imports:
                    modules.must_be_readable(opened, self.user)
        self.step("capabilities", lambda: privileges.drop_capabilities(self.keep))

    def step(self, what: str, take: Callable[[], object]) -> None:
        """One step; if it is refused, that is put down, and in STRICT mode it is the end."""
        try:
            take()
        except (OSError, FykeError) as error:
            self.lack(f"{what}: {getattr(error, 'strerror', None) or error}")

    def lack(self, line: str) -> None:
        if self.mode == STRICT:
            raise SandboxError(f"--sandbox=strict: not possible here: {line}; --sandbox=auto goes "
                               "on without")
        if line not in self.lacking:
            self.lacking.append(line)
