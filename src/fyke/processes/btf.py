# cython: boundscheck=True, wraparound=True
"""Room processes/: where things are in this kernel's structures, as it tells itself (BTF).

/sys/kernel/btf/vmlinux, Documentation/bpf/btf.rst: a table of strings, and types that name each
other by number. Types have no fixed size, so the table is walked once. Compiled (btf.pxd), as it
has more than a hundred thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from fyke.errors import CaptureError
from fyke.hints import Any
from fyke.wire import Memory, Record, Truncated

PATH = "/sys/kernel/btf/vmlinux"
MAGIC = 0xEB9F
HEADER = 24  # octets of struct btf_header up to the last length

# Kinds (include/uapi/linux/btf.h), as far as they differ in size or are followed.
INT = 1
ARRAY = 3
STRUCT = 4
UNION = 5
ENUM = 6
TYPEDEF = 8
FUNC_PROTO = 13
VAR = 14
DATASEC = 15
DECL_TAG = 17
ENUM64 = 19
LAST = 19
ALIASES = (8, 9, 10, 11, 18)  # typedef, volatile, const, restrict, type tag
MAX_DEPTH = 16


class Btf:
    """The types of a kernel; ``data`` has the whole file. Raises CaptureError if it is none."""

    __slots__ = ("count", "names_at", "places", "strings", "types_at", "types_end", "window")

    def __init__(self, data: Any) -> None:
        self.window = Record(data)
        try:
            if self.window.le16(0) != MAGIC:
                raise CaptureError("the kernel's BTF does not begin as BTF does")
            start = self.window.le32(4)
            self.types_at = start + self.window.le32(8)
            self.types_end = self.types_at + self.window.le32(12)
            self.names_at = start + self.window.le32(16)
            self.strings = self.window.raw(self.names_at, self.window.le32(20))
            if not self.window.has(self.types_at, self.types_end - self.types_at):
                raise Truncated
            places = bytearray(4 * (1 + max(0, self.types_end - self.types_at) // 12))
            self.places = Record(places)  # where each type begins, by its number: 32 bits each
            self.walk(Memory(places))
        except Truncated:
            raise CaptureError("the kernel's BTF is cut off") from None

    def walk(self, places: Memory) -> None:
        """Put down where each type begins, by its number (from 1)."""
        window = self.window
        at = self.types_at
        end = self.types_end
        number = 0
        while at < end:
            number += 1
            places.put32(4 * number, at)
            info = window.le32(at + 4)
            kind = info >> 24 & 31
            count = info & 0xFFFF
            at += 12
            if kind in (STRUCT, UNION, DATASEC, ENUM64):
                at += 12 * count
            elif kind in (ENUM, FUNC_PROTO):
                at += 8 * count
            elif kind == ARRAY:
                at += 12
            elif kind in (INT, VAR, DECL_TAG):
                at += 4
            elif kind > LAST:
                raise CaptureError(f"the kernel's BTF has a kind of type that is unknown: {kind}")
        self.count = number

    def structures(self, names: Iterable[str]) -> dict[str, int]:
        """The numbers of the structures of these names."""
        return self.named(STRUCT, names)

    def typedefs(self, names: Iterable[str]) -> dict[str, int]:
        """The numbers of the typedefs of these names."""
        return self.named(TYPEDEF, names)

    def named(self, kind: int, names: Iterable[str]) -> dict[str, int]:
        """The numbers of the first types of these names and kind; what there is not is left out."""
        wanted = {}
        for name in names:
            at = self.strings.find(b"\0" + name.encode() + b"\0")
            if at >= 0:
                wanted[at + 1] = name
        found: dict[str, int] = {}
        self.search(kind, wanted, found)
        return found

    def search(self, kind: int, wanted: dict[int, str], found: dict[str, int]) -> None:
        window = self.window
        places = self.places
        number = 1
        while number <= self.count:
            at = places.u32(4 * number)
            if window.le32(at + 4) >> 24 & 31 == kind:
                name = window.le32(at)
                if name and name in wanted and wanted[name] not in found:
                    found[wanted[name]] = number
            number += 1

    def offset(self, structure: int, *path: str) -> int | None:
        """Octets from a structure's first to a member's, members of members by their path."""
        return self.member(structure, path, 0)

    def member(self, number: int, path: tuple[str, ...], depth: int) -> int | None:
        """The same; members without a name are looked into."""
        window = self.window
        at = self.structure(number)
        if at is None or depth > MAX_DEPTH:
            return None
        info = window.le32(at + 4)
        for one in range(at + 12, at + 12 + 12 * (info & 0xFFFF), 12):
            bits = window.le32(one + 8)
            octets = (bits & 0xFFFFFF if info >> 31 else bits) // 8
            name = self.name(window.le32(one))
            rest = path
            if name:
                if name != path[0]:
                    continue
                if len(path) == 1:
                    return octets
                rest = path[1:]
            inside = self.member(window.le32(one + 4), rest, depth + 1)
            if inside is not None:
                return octets + inside
        return None

    def structure(self, number: int) -> int | None:
        """Where the structure or union is that a type stands for; None for anything else."""
        for _ in range(MAX_DEPTH):
            if not 0 < number <= self.count:
                return None
            at = self.places.u32(4 * number)
            kind = self.window.le32(at + 4) >> 24 & 31
            if kind in (STRUCT, UNION):
                return at
            if kind not in ALIASES:
                return None
            number = self.window.le32(at + 8)
        return None

    def name(self, at: int) -> str:
        end = self.strings.find(b"\0", at)
        return self.strings[at:end].decode(errors="replace")


def mapped(file: Any) -> Any:
    """The file without a copy of its 5 MB, where the kernel lets it be mapped (Linux 6.16)."""
    import mmap
    try:
        return mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ)
    except (OSError, ValueError):  # ValueError: it has no size
        return None


def read_btf(path: str = PATH) -> Btf:
    """This kernel's BTF. Raises CaptureError where it has none, or it may not be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return Btf(mapped(file) or file.readall())
    except FileNotFoundError:
        raise CaptureError("this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)") from None
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror}") from None
