"""Which rights ``fyke dump`` gives up once the tap is open, and whom it becomes (-Z)."""

from __future__ import annotations

import os
from collections.abc import Callable

from fyke.errors import CaptureError, OutputError, UsageError
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeVar

    from fyke.dump.options import DumpOptions
    Result = TypeVar("Result")

NOBODY = "nobody"
LATE_MODULES = ("subprocess", "shutil", "encodings.idna", "difflib")  # Python's, used late
BECAME: list[str] = []  # whom root became because of -Z or sudo


def check(options: DumpOptions) -> None:
    """-Z is for root. Raises UsageError."""
    if options.user and os.geteuid():
        raise UsageError(f"-Z {options.user}: only root can become another user")


def give_up(options: DumpOptions, *, live: bool = True) -> None:
    """Become -Z's user, under sudo the invoking one, else nobody if only text is printed.

    A root that writes files stays root, without capabilities where the folder allows it. From a
    file (``live`` False) only -Z changes anything.
    """
    from fyke.live import privileges
    if os.geteuid():
        if live:
            privileges.drop()
        return
    user = options.user or (privileges.invoking_user() if live else None)
    if user == "root":
        return
    if user is not None:
        prepare()
        privileges.drop(user)
        BECAME.append(user)
    elif live and options.write is None:
        drop_to_nobody()
    elif live and folder_is_ours(options.write):
        privileges.drop()
    elif live:
        privileges.forbid_new()


def with_hint(make: Callable[..., Result], *arguments: Any) -> Result:
    """What ``make`` returns; if it may not write because root became somebody else, say so."""
    try:
        return make(*arguments)
    except OutputError as error:
        if BECAME and isinstance(error.__cause__, PermissionError):
            raise OutputError(f"{error}, as user {BECAME[0]}; -Z root keeps root's rights"
                              ) from error.__cause__
        raise


def drop_to_nobody() -> None:
    """Become nobody, if there is one and it may read the modules that are still to come."""
    from fyke.live import privileges
    if modules_are_readable():
        try:
            privileges.become(NOBODY)
        except (CaptureError, UsageError):
            pass  # a user namespace without other users
    privileges.drop()


def prepare() -> None:
    """Import what is imported only when met, if another user may not be able to read it."""
    if modules_are_readable():
        return
    from importlib import import_module
    folder = os.path.dirname(os.path.dirname(__file__))
    for name in LATE_MODULES:
        import_module(name)
    for room in ("layers", "dump", "files"):
        for path, _, files in os.walk(os.path.join(folder, room)):
            dots = os.path.relpath(path, os.path.dirname(folder)).replace(os.sep, ".")
            for name in files:
                if name.endswith(".py") and name != "__init__.py":
                    import_module(f"{dots}.{name[:-3]}")


def modules_are_readable() -> bool:
    """Whether any user may read fyke's modules and Python's own."""
    return readable_by_others(os.path.dirname(__file__)) and readable_by_others(
        os.path.dirname(os.__file__))


def readable_by_others(folder: str) -> bool:
    """Whether every folder on the way there may be entered by anybody."""
    folder = os.path.realpath(folder)
    while True:
        if not os.stat(folder).st_mode & 0o001:
            return False
        above = os.path.dirname(folder)
        if above == folder:
            return True
        folder = above


def folder_is_ours(path: str | None) -> bool:
    """Whether root may write there without CAP_DAC_OVERRIDE."""
    if path is None or path == "-":
        return True
    try:
        found = os.stat(os.path.dirname(path) or ".")
    except OSError:
        return True  # opening the file will tell
    return found.st_uid == 0 or bool(found.st_mode & 0o002)
