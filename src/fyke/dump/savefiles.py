"""What is done for each file of a run: made under another name until it is whole (--atomic),
handed to a command (-z), deleted when old (--max-disk)."""

from __future__ import annotations

import os
from collections.abc import Callable

from fyke.errors import OutputError
from fyke.files.folder import folder
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.dump.asked_command import AskedCommand
    from fyke.dump.postrotate import Postrotate


class Keeper:
    """Makes each file and looks after it when it is complete.

    ``create`` makes a writer for a path. With ``max_disk`` (octets), the oldest complete files
    are deleted until one of ``size`` octets fits beside those left.
    """

    def __init__(self, create: Callable[[str], Any], *, atomic: bool = False, max_disk: int = 0,
                 size: int = 0, command: Postrotate | AskedCommand | None = None) -> None:
        self.create = create
        self.atomic = atomic
        self.max_disk = max_disk
        self.largest = size
        self.command = command
        self.open_paths: set[str] = set()
        self.sizes: dict[str, int] = {}  # of complete files, the oldest first

    def open(self, path: str) -> Any:
        """A writer for the file that will be called ``path``."""
        self.sizes.pop(path, None)  # overwritten
        if self.max_disk:
            self.make_room()
        writer = self.create(self.name_while_written(path))
        self.open_paths.add(path)
        return writer

    def name_while_written(self, path: str) -> str:
        """With ``atomic`` a hidden name beside it, with the suffixes that tell the format."""
        if not self.atomic:
            return path
        place, name = os.path.split(path)
        return os.path.join(place, f".{name}")

    def make_room(self) -> None:
        """Delete the oldest files until the next fits."""
        while self.sizes and sum(self.sizes.values()) + self.largest > self.max_disk:
            oldest = next(iter(self.sizes))
            del self.sizes[oldest]
            try:
                folder().delete(oldest)
            except FileNotFoundError:
                pass  # -z or somebody moved it away
            except OSError as error:
                raise OutputError(f"{oldest}: cannot be deleted for --max-disk: "
                                  f"{error.strerror}") from None

    def drop(self, path: str) -> None:
        """The file is closed and nobody wants it: it has no packet."""
        self.open_paths.discard(path)
        made = self.name_while_written(path)
        try:
            folder().delete(made)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise OutputError(f"{made}: cannot be deleted: {error.strerror}") from None

    def complete(self, path: str) -> None:
        """The file is closed and whole."""
        if path not in self.open_paths:
            return
        self.open_paths.remove(path)
        try:
            if self.atomic:
                folder().rename(self.name_while_written(path), path)
            self.sizes[path] = folder().size(path)
        except OSError as error:
            raise OutputError(f"{path}: {error.strerror}") from None
        self.largest = max(self.largest, self.sizes[path])
        if self.command is not None:
            self.command.run(path)
