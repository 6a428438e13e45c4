"""Which rights each command has, and how it gives up all others before the first packet.

``RIGHTS`` says it for people; ``Leaving`` does it for ``fyke dump``, ``enter`` for the others.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from fyke.errors import OutputError, UsageError
from fyke.hints import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import TypeVar

    from fyke.dump.options import DumpOptions
    from fyke.sandbox.box import Box
    Result = TypeVar("Result")


class Rights(NamedTuple):
    """What a command keeps, once it has read its options."""

    role: str  #: its seccomp program (sandbox/policy.py)
    reads: str  #: besides fyke's and Python's own files
    writes: str
    asks: str  #: of the kernel, that needs more rights than an ordinary program has; and when


RIGHTS = {
    "dump": Rights("work", "the files of -r", "the file of -w; a row of files through a helper",
                   "packet sockets, opened before; names of hosts and -z through helpers"),
    "filter": Rights("names", "the file of --program", "nothing",
                     "names of hosts in expressions"),
    "why": Rights("work", "the file of -r", "nothing", "a packet socket, opened before"),
    "same": Rights("confined", "nothing", "the folder of -w",
                   "nothing: names are looked up before"),
    "table": Rights("work", "the captures named", "nothing", "nothing"),
    "info": Rights("work", "the captures named", "nothing", "nothing"),
    "merge": Rights("work", "the captures named", "the file of -w, opened before", "nothing"),
    "slice": Rights("work", "the capture named",
                    "the file of -w, opened before; several through a helper", "nothing"),
    "anonymize": Rights("work", "the capture named", "the file of -w, opened before", "nothing"),
    "taps": Rights("ask", "/proc, /sys and /run", "nothing",
                   "packet sockets of every network namespace: it keeps its capabilities for that"),
    "plan": Rights("work", "the trace", "the file of --plot through a helper", "nothing"),
    "path": Rights("work", "the trace", "nothing", "nothing"),
    "manual": Rights("work", "nothing", "nothing", "nothing"),
    "completion": Rights("work", "nothing", "nothing", "nothing"),
}

MODES = ("auto", "strict", "off")
USERS = ("tcpdump", "nobody")  #: whom root becomes if nobody says; the first that there is
BECAME: list[str] = []  # whom root became because of -Z or sudo


def check(options: DumpOptions) -> None:
    """-Z is for root, and names a user. Raises UsageError."""
    if not options.user:
        return
    if os.geteuid():
        raise UsageError(f"-Z {options.user}: only root can become another user")
    if not exists(options.user):
        raise UsageError(f"there is no user {options.user!r}; -Z names an existing one")


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
    helper must not hold.
    """

    def __init__(self, options: DumpOptions, *, role: str = "work", printing: bool = False,
                 alone: bool = False, forget: Callable[[], None] = lambda: None) -> None:
        from fyke.sandbox.box import Box
        self.options = options
        self.mode = options.sandbox
        self.user, self.named = chosen_user(options)
        self.forget = forget
        self.box = Box(role, self.mode, user=self.user, named=self.named)
        if not ours():
            return
        if self.named and self.user is not None:
            BECAME[:] = [self.user]
        if options.write is not None and options.write != "-" and not alone:
            self.prepare_output()
        if printing and not options.numeric:
            self.prepare_names()

    def helpers_box(self, role: str, **how: Any) -> Box:
        """A helper's box: what the kernel lacks is told once, by the one it helps."""
        from fyke.sandbox.box import Box
        return Box(role, "off" if self.mode == "off" else "auto", **how)

    def prepare_output(self) -> None:
        """Who makes files: a helper if there will be several, else we, before the box."""
        from fyke.files import folder
        from fyke.sandbox import output_folder
        options = self.options
        owner = self.user if self.named else None
        if options.file_size or options.file_seconds or options.atomic or options.postrotate:
            folder.use(output_folder.start(options.write, self.mode, user=owner,
                                           forget=self.forget))
            if options.postrotate:
                self.prepare_command(owner)
        elif owner is not None:
            folder.use(output_folder.Owned(owner, options.write))

    def prepare_command(self, owner: str | None) -> None:
        """-z is run by a helper, as the one whose the files are."""
        from fyke.dump import asked_command, helpers
        from fyke.live.privileges import CAP_DAC_OVERRIDE
        from fyke.sandbox.output_folder import fixed_folder, root_may_write
        place = os.path.realpath(fixed_folder(self.options.write))
        keep = 0 if os.geteuid() or owner or root_may_write(place) else CAP_DAC_OVERRIDE
        box = self.helpers_box("command", user=owner, named=owner is not None, keep=keep)
        helpers.use(command=asked_command.start(self.options.postrotate, [place], box,
                                                self.forget))

    def prepare_names(self) -> None:
        """Names of hosts are looked up by a helper."""
        from fyke.dump import asked_names, helpers
        helpers.use(names=asked_names.start(
            self.helpers_box("names", user=self.user, named=self.named)))

    def enter(self, read: Iterable[str] = (), taps: Iterable[int] = (),
              between: Callable[[], None] | None = None) -> None:
        """Everything is open: leave all other rights behind."""
        if not ours():
            return
        self.box.enter(read, taps=taps, between=between)
        if self.options.verbose and not as_tcpdump():
            tell(self.box, "dump")


def as_tcpdump() -> bool:
    """Whether we are called fykedump, which says nothing that tcpdump would not say."""
    return os.path.basename(sys.argv[0]) == "fykedump"


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
