"""Room columns/: the same capsules where nothing is compiled: structures of ctypes, slower.

What a structure points to is kept in a dictionary until the consumer releases it. Consumers may do
that from any thread; after Python's end nothing is left to be released. Where a consumer releases
in the middle of an error of its own, Python forgets that error's words (compiled, they are kept).
"""

from __future__ import annotations

import ctypes
import struct
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, pythonapi
from itertools import count
from typing import TYPE_CHECKING, Any

from fyke.columns.kinds import BITS, LISTS, OCTETS, TEXT, WORDS, Kind
from fyke.columns.vector import Vector

if TYPE_CHECKING:
    from fyke.columns.capsules import Batch, Stream

NULLABLE = 2


class CSchema(Structure):
    """struct ArrowSchema."""


class CArray(Structure):
    """struct ArrowArray."""


class CStream(Structure):
    """struct ArrowArrayStream."""


RELEASE = CFUNCTYPE(None, c_void_p)
CSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64),
    ("n_children", c_int64), ("children", POINTER(c_void_p)), ("dictionary", c_void_p),
    ("release", RELEASE), ("private_data", c_void_p)]
CArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64),
    ("n_children", c_int64), ("buffers", POINTER(c_void_p)), ("children", POINTER(c_void_p)),
    ("dictionary", c_void_p), ("release", RELEASE), ("private_data", c_void_p)]
GET = CFUNCTYPE(c_int, c_void_p, c_void_p)
ERROR = CFUNCTYPE(c_void_p, c_void_p)
CStream._fields_ = [("get_schema", GET), ("get_next", GET), ("get_last_error", ERROR),
                    ("release", RELEASE), ("private_data", c_void_p)]

KEPT: dict[int, Any] = {}  # by private_data: what a structure points to
NUMBERS = count(1)
new_capsule = pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = (c_void_p, c_char_p, c_void_p)
#: An error that is on its way would be taken for one of the callback's. It is lost: nothing in
#: Python can give it back; who lets a stream go in the middle of an error gets a SystemError. No
#: types of arguments: to ask them while there is an error fails, and ended the process.
take_error = ctypes.PYFUNCTYPE(None)(("PyErr_Fetch", pythonapi))
TAKEN = (c_void_p * 3)()
ERRORS = tuple(c_void_p(ctypes.addressof(TAKEN) + ctypes.sizeof(c_void_p) * part)
               for part in range(3))
CAPSULED: dict[int, Any] = {}  # by address: structures in capsules


def releaser(kind: Any) -> Any:
    """The release callback of a kind of structure."""
    def release(at: int) -> None:
        take_error(*ERRORS)
        held = kind.from_address(at)
        if held.release:
            held.release = RELEASE()
            for one in KEPT.pop(held.private_data or 0, (None, []))[1]:
                if one.release:
                    one.release(ctypes.addressof(one))
    return RELEASE(release)


RELEASE_SCHEMA, RELEASE_ARRAY = releaser(CSchema), releaser(CArray)


def keep(held: Any, release: Any, things: Any, parts: list[Any]) -> None:
    """Let a structure be released, and what it points to live until then."""
    number = next(NUMBERS)
    held.private_data = number
    KEPT[number] = (things, parts)
    held.release = release


def pointers(parts: list[Any]) -> Any:
    """An array of pointers to structures."""
    return (c_void_p * max(1, len(parts)))(*map(ctypes.addressof, parts))


def fill_schema(to: CSchema, name: str, kind: Kind | None, children: list[CSchema]) -> None:
    """A type; of a struct if ``kind`` is None."""
    ctypes.memset(ctypes.addressof(to), 0, ctypes.sizeof(to))
    parts = children
    if kind is not None and kind.form == LISTS:
        parts = [CSchema()]
        fill_schema(parts[0], "item", kind.child, [])
    form = to.format = (kind.format if kind is not None else "+s").encode()
    called = to.name = name.encode("utf-8", "backslashreplace")
    to.flags = NULLABLE if kind is not None else 0
    to.n_children = len(parts)
    made = pointers(parts)
    to.children = made
    more = []
    if kind is not None and kind.form == WORDS:
        words = CSchema()
        fill_schema(words, "", TEXT, [])
        to.dictionary = ctypes.addressof(words)
        more = [words]
    keep(to, RELEASE_SCHEMA, (made, form, called), parts + more)


def struct_of(names: list[str], kinds: list[Any], to: CSchema) -> CSchema:
    """The schema of a batch."""
    parts = [CSchema() for _ in names]
    for part, name, kind in zip(parts, names, kinds, strict=True):
        fill_schema(part, name, kind, [])
    fill_schema(to, "", None, parts)
    return to


def fill_array(to: CArray, buffers: list[Any], length: int, nulls: int, parts: list[CArray],
               words: CArray | None = None) -> None:
    """An array of buffers (bytes, or None) and children."""
    held = [None if one is None else ctypes.create_string_buffer(bytes(one) + bytes(8))
            for one in buffers]
    at = (c_void_p * max(1, len(held)))(*[
        None if one is None else ctypes.addressof(one) for one in held])
    made = pointers(parts)
    ctypes.memset(ctypes.addressof(to), 0, ctypes.sizeof(to))
    to.length, to.null_count, to.n_buffers = length, nulls, len(buffers)
    to.buffers, to.children, to.n_children = at, made, len(parts)
    if words is not None:
        to.dictionary = ctypes.addressof(words)
    keep(to, RELEASE_ARRAY, (held, at, made), parts + ([words] if words is not None else []))


def buffers_of(vector: Any, rows: int) -> tuple[list[Any], list[str] | None]:
    """Arrow's buffers of the first rows, and the words of a dictionary."""
    marks = None if vector.filled(rows) == rows else bytes(vector._marks[:(rows + 7) // 8])
    words = vector.words.all() if vector.form == WORDS else None
    if vector.form == BITS:
        bits = sum(1 << row for row in range(rows) if vector._values[row])
        return [marks, bits.to_bytes((rows + 7) // 8, "little")], words
    if vector.form not in (OCTETS, LISTS):
        return [marks, bytes(vector._values[:rows * vector.width])], words
    offsets = vector._offsets[:vector.reached + 1]
    offsets += [offsets[-1]] * (rows + 1 - len(offsets))
    found: list[Any] = [marks, struct.pack(f"={rows + 1}i", *offsets)]
    return found + ([bytes(vector._text)] if vector.form == OCTETS else []), words


def fill_vector(to: CArray, vector: Vector, rows: int) -> None:
    """The first rows of a vector."""
    buffers, words = buffers_of(vector, rows)
    parts = []
    if vector.child is not None:
        parts = [CArray()]
        fill_vector(parts[0], vector.child, vector.octets)
    dictionary = None
    if words is not None:
        made = Vector(TEXT, max(1, len(words)))
        for row, word in enumerate(words):
            made.put_octets(row, word.encode())
        dictionary = CArray()
        fill_vector(dictionary, made, len(words))
    fill_array(to, buffers, rows, rows - vector.filled(rows), parts, dictionary)


def fill_batch(to: CArray, batch: Batch) -> None:
    """A batch as an array of a struct."""
    parts = [CArray() for _ in batch.vectors]
    for part, vector in zip(parts, batch.vectors, strict=True):
        fill_vector(part, vector, batch.rows)
    fill_array(to, [None], batch.rows, 0, parts)


def capsule(held: Any, name: bytes) -> Any:
    """A structure in its capsule.

    The capsule has no destructor: one in Python would run in the middle of somebody's error. What
    was taken out of its capsule is forgotten with the next.
    """
    for at in [at for at, one in CAPSULED.items() if not one.release]:
        del CAPSULED[at]
    CAPSULED[ctypes.addressof(held)] = held
    return new_capsule(ctypes.addressof(held), name, None)


def schema_capsule(names: list[str], kinds: list[Any]) -> Any:
    """The schema of a batch in its capsule."""
    return capsule(struct_of(names, kinds, CSchema()), b"arrow_schema")


def array_capsule(batch: Batch) -> Any:
    """A batch in its capsule."""
    to = CArray()
    fill_batch(to, batch)
    return capsule(to, b"arrow_array")


def stream_capsule(stream: Stream) -> Any:
    """A stream in its capsule."""
    to = CStream()

    def get_schema(_: int, out: int) -> int:
        struct_of(stream.names, stream.kinds, CSchema.from_address(out))
        return 0

    def get_next(_: int, out: int) -> int:
        array = CArray.from_address(out)
        array.release = RELEASE()
        try:
            batch = stream.next()
            if batch is not None:
                fill_batch(array, batch)
        except BaseException as problem:
            return stream.failed(problem)
        return 0

    def get_last_error(_: int) -> int | None:
        return None if stream.error is None else ctypes.cast(
            ctypes.c_char_p(stream.error), c_void_p).value

    def release(at: int) -> None:
        take_error(*ERRORS)
        held = CStream.from_address(at)
        if held.release:
            held.release = RELEASE()
            KEPT.pop(held.private_data, None)
            stream.close()

    to.get_schema, to.get_next = GET(get_schema), GET(get_next)
    to.get_last_error = ERROR(get_last_error)
    keep(to, RELEASE(release), (to.get_schema, to.get_next, to.get_last_error), [])
    return capsule(to, b"arrow_array_stream")
