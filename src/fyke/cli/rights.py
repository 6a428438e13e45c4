"""Which rights each command has, and how it gives up all others before the first packet.

``RIGHTS`` says it for people; ``Leaving`` does it for ``fyke dump``, ``enter`` for the others.
"""

from __future__ import annotations

import os
import sys

from fyke.errors import OutputError, UsageError
from fyke.hints import TYPE_CHECKING, Any, Callable, Iterable, NamedTuple

if TYPE_CHECKING:
    from typing import TypeVar

    from fyke.dump.options import DumpOptions
    from fyke.sandbox.box import Box
    Result = TypeVar("Result")


#: CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN (uapi/linux/capability.h)
OTHERS_PROCESSES = 1 << 2 | 1 << 12 | 1 << 19 | 1 << 21


class Rights(NamedTuple):
    """What a command keeps, once it has read its options."""

    role: str  #: its seccomp program (sandbox/policy.py)
    reads: str  #: besides fyke's and Python's own files
    writes: str
    asks: str  #: of the kernel, that needs more rights than an ordinary program has; and when
    keep: int = 0  #: bits of the capabilities that it keeps


RIGHTS = {
    "dump": Rights("work", "the files of -r", "the file of -w; a row of files through a helper",
                   "packet sockets, opened before; names of hosts and -z through helpers"),
    "run": Rights("lead", "nothing", "the files of -o and -w, as dump",
                  "packet sockets and eBPF programs, opened before; the end of the command, and "
                  "signals for it"),
    "filter": Rights("work", "the file of --program; files that an expression names, before",
                     "nothing", "names of hosts in expressions, before"),
    "why": Rights("work", "the file of -r", "nothing",
                  "a packet socket, opened before; names of hosts before"),
    "same": Rights("threads", "nothing", "the file of -w through a helper",
                   "names of hosts, before"),
    "table": Rights("threads", "the captures named",
                    "the file of -w, opened before; with --partition its folder",
                    "a packet socket, opened before; names of hosts, before"),
    "flows": Rights("threads", "the captures named", "the file of -w, opened before",
                    "a packet socket, opened before; names of hosts in a filter before"),
    "rates": Rights("threads", "the captures named", "the files of -w and --plot, opened before",
                    "a packet socket, opened before; names of hosts in a filter before"),
    "stream": Rights("threads", "the capture named", "the file of -w, opened before",
                     "a packet socket, opened before; names of hosts, before"),
    "extract": Rights("confined", "the capture named", "the folder of -d", "nothing"),
    "sql": Rights("confined", "the files named in quotes", "the folder of -w", "nothing"),
    "info": Rights("threads", "the captures named", "nothing", "nothing"),
    "merge": Rights("threads", "the captures named", "the file of -w, opened before", "nothing"),
    "sort": Rights("confined", "the capture named",
                   "the folders of -w and of what does not fit into memory", "nothing"),
    "slice": Rights("threads", "the capture named",
                    "the file of -w, opened before; several through a helper",
                    "names of hosts, before"),
    "anonymize": Rights("threads", "the capture named", "the file of -w, opened before",
                        "nothing"),
    "taps": Rights("ask", "everything: Landlock would hide other processes", "nothing",
                   "who listens, in every network namespace, all the time",
                   keep=OTHERS_PROCESSES),
    "plan": Rights("work", "the trace", "the file of --plot through a helper",
                   "names of hosts, before"),
    "path": Rights("work", "the trace", "nothing", "names of hosts, before"),
    "manual": Rights("work", "nothing", "nothing", "nothing"),
    "completion": Rights("work", "nothing", "nothing", "nothing"),
}

MODES = ("auto", "strict", "off")
CONTROL_GROUPS = "/sys/fs/cgroup"  # the names of which tell of containers
USERS = ("tcpdump", "nobody")  #: whom root becomes if nobody says; the first that there is
BECAME: list[str] = []  # whom root became because of -Z or sudo


def check(options: DumpOptions) -> None:
    """-Z is for root, and names a user. Raises UsageError."""
    if options.user and os.geteuid():
        raise UsageError(f"-Z {options.user}: only root can become another user")
    user, named = chosen_user(options) if ours() or options.user else (None, False)
    if named and user is not None and not exists(user):
        raise UsageError(f"there is no user {user!r}; -Z names an existing one")


def exists(user: str) -> bool:
    """Whether there is such a user."""
    import pwd
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def chosen_user(options: DumpOptions) -> tuple[str | None, bool]:
    """Whom root becomes (None: nobody else), and whether a person named him.

    -Z's user, under sudo the invoking one, else one who owns no file.
    """
    if os.geteuid():
        return None, False
    from fyke.live.privileges import invoking_user
    named = options.user or invoking_user()
    if named is not None and named != "":
        return (None if named == "root" else named), True
    return next(filter(exists, USERS), None), False


def ours() -> bool:
    """Whether this process is the command's own. Who calls a command as a function keeps all."""
    from fyke.cli.main import OURS
    return OURS[0]


class Leaving:
    """How ``fyke dump`` gives up its rights: helpers first, then what is opened, then the rest.

    ``alone``: there is nothing to open and to ask helpers for. ``forget`` lets go of rings that a
    helper must not hold. ``command``: a command is run, which is sent signals, so the user stays
    who it is; and all children are waited for, which helpers must not be.
    """

    def __init__(self, options: DumpOptions, *, role: str = "work", printing: bool = False,
                 alone: bool = False, command: bool = False,
                 forget: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.mode = options.sandbox
        self.user, self.named = chosen_user(options) if ours() else (None, False)
        if command and not self.named:
            self.user = None
        self.command = command
        self.forget = forget
        if not ours():
            return
        from fyke.sandbox.box import Box
        self.box = Box(role, self.mode, user=self.user, named=self.named)
        if self.named and self.user is not None:
            BECAME[:] = [self.user]
        if options.write is not None and options.write != "-" and not alone:
            self.prepare_output(options.write)
        if printing and not options.numeric:
            self.prepare_names()

    def helpers_box(self, role: str, **how: Any) -> Box:
        """A helper's box: what the kernel lacks is told once, by the one it helps."""
        from fyke.sandbox.box import Box
        return Box(role, "off" if self.mode == "off" else "auto", **how)

    def prepare_output(self, path: str) -> None:
        """Who makes files: a helper if there will be several, else we, before the box."""
        from fyke.files import folder
        from fyke.sandbox import output_folder
        options = self.options
        owner = self.user if self.named else None
        if options.file_size or options.file_seconds or options.atomic or options.postrotate:
            folder.use(output_folder.start(path, self.mode, user=owner, forget=self.forget,
                                           orphan=self.command))
            if options.postrotate:
                self.prepare_command(options.postrotate, path, owner)
        elif owner is not None:
            folder.use(output_folder.Owned(owner, path))

    def prepare_command(self, command: str, path: str, owner: str | None) -> None:
        """-z is run by a helper, as the one whose the files are."""
        from fyke.dump import asked_command, helpers
        from fyke.sandbox.output_folder import fixed_folder
        place = os.path.realpath(fixed_folder(path))
        keep = 0 if owner else needed_to_write([place])
        box = self.helpers_box("command", user=owner, named=owner is not None, keep=keep)
        helpers.use(command=asked_command.start(command, [place], box, self.forget))

    def prepare_names(self) -> None:
        """Names of hosts are looked up by a helper."""
        from fyke.dump import asked_names, helpers
        helpers.use(names=asked_names.start(
            self.helpers_box("names", user=self.user, named=self.named, imports=False),
            orphan=self.command))

    def enter(self, read: Iterable[str] = (), taps: Iterable[int] = (),
              between: Callable[[], None] | None = None, silent: bool = False) -> None:
        """Everything is open: leave all other rights behind.

        ``silent``: somebody else says what the kernel does not let us give up.
        """
        if not ours():
            return
        if os.geteuid() == 0 and self.user is None and not self.named and not self.command:
            self.box.lack(f"user: there is no {' and no '.join(USERS)} to become; -Z names one")
        groups = [CONTROL_GROUPS] if self.options.process else []
        self.box.enter([*read, *groups], taps=taps, between=between)
        if self.options.verbose and not self.options.as_tcpdump and not silent:
            tell(self.box, "dump")


def enter(name: str, mode: str, *, read: Iterable[str] = (), write: Iterable[str] = (),
          taps: Iterable[int] = (), expressions: Iterable[str | None] = (),
          dialect: str = "pcap", role: str = "") -> None:
    """Give up what the command ``name`` does not need; the user stays. Everything is open.

    ``read`` and ``write``: what is still to be opened. ``taps``: descriptors of open ones.
    ``expressions`` are filters of ``dialect``: what they name is looked up before. ``role``:
    another than usual.
    """
    if not ours():
        return
    from fyke.cli.known_names import look_up
    from fyke.sandbox.box import Box
    look_up(expressions, dialect)
    places = [os.path.realpath(path) for path in write]
    Box(role or RIGHTS[name].role, mode, keep=RIGHTS[name].keep | needed_to_write(places)).enter(
        [path for path in read if path != "-"], places, folders=bool(places), taps=taps)


def look_up(expression: str | None, dialect: str) -> None:
    """Look up the names in a filter that is compiled again in the box."""
    if ours() and expression:
        from fyke.cli.known_names import look_up
        look_up([expression], dialect)


def needed_to_write(places: Iterable[str]) -> int:
    """The capability that root needs for folders of others."""
    from fyke.live.privileges import CAP_DAC_OVERRIDE
    from fyke.sandbox.output_folder import root_may_write
    return 0 if os.geteuid() or all(map(root_may_write, places)) else CAP_DAC_OVERRIDE


def output_helper(path: str, mode: str) -> None:
    """From here on a helper makes the files in the folder of ``path``."""
    if ours() and path != "-":
        from fyke.files import folder
        from fyke.sandbox import output_folder
        folder.use(output_folder.start(path, mode))


def tell(box: Box, name: str) -> None:
    """A line for each right that could not be given up."""
    for line in box.lacking:
        sys.stderr.write(f"fyke {name}: the box is not whole: {line}\n")


def with_hint(make: Callable[..., Result], *arguments: Any) -> Result:
    """What ``make`` returns; if it may not write because root became somebody else, say so."""
    try:
        return make(*arguments)
    except OutputError as error:
        if BECAME and isinstance(error.__cause__, PermissionError):
            raise OutputError(f"{error}, as user {BECAME[0]}; -Z root keeps root's rights"
                              ) from error.__cause__
        raise
