"""Room columns/: the values of one column of a batch, while it is filled and until it is handed on.

Rows are written in order, by number; what is not written is null. The last row can be taken back.
Compiled, the memory is malloc's: ``export`` gives it to an Arrow array, which frees it by itself.
"""

from __future__ import annotations

import struct

from fyke.columns.kinds import BITS, BLOCKS, FIXED, LISTS, OBJECTS, OCTETS, TEXT, WORDS, Kind
from fyke.columns.words import Words, octets_of
from fyke.errors import UsageError
from fyke.hints import Any

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

MOST_ROWS = 1 << 22  # of a batch, and so many members of lists for each of its rows
MOST_OCTETS = 1 << 30  # what 32-bit offsets can say, by half


class Vector:
    """Values of a column. ``room``: rows that there may be."""

    __slots__ = ("_marks", "_offsets", "_text", "_text_room", "_values", "child", "form", "kind",
                 "numeric", "objects", "octets", "reached", "room", "width", "words")

    kind: Kind
    room: int
    octets: int  #: octets of text; members of lists
    reached: int  #: rows whose offsets stand
    child: Vector | None  #: members of lists
    words: Words  #: the different values of a column of words
    objects: dict[int, Any]  #: by row, where anything may be a value

    def __init__(self, kind: Kind, room: int) -> None:
        if not isinstance(kind, Kind) or not 0 < room <= MOST_ROWS:
            raise UsageError(f"a column of {room} rows; a batch has 1 to {MOST_ROWS}")
        self.kind = kind
        self.form = kind.form
        self.numeric = kind.form in (FIXED, BITS)
        self.width = kind.width
        self.octets = 0
        self.reached = 0
        self.words = Words()
        self.objects = {}
        self.child = None
        if kind.form == LISTS:
            self.child = Vector(kind.child, min(MOST_ROWS, 4 * room))
        self.make(room)

    def make(self, room: int) -> None:
        """The memory: all null, all zero."""
        if cython.compiled:
            self.allocate(room)
        else:
            self._marks = bytearray((room + 7) // 8)
            self._values = bytearray(room * self.width)
            self._offsets = [0] * (room + 1)
            self._text = bytearray()
        self.room = room

    # --- the memory, compiled ---

    def __dealloc__(self) -> None:
        self.dispose()

    def allocate(self, room: int) -> None:
        """All that the column needs from the first row on. Raises MemoryError."""
        self.dispose()
        self._marks = fresh((room + 7) // 8)
        self._values = fresh(room * self.width)
        if self.form in (OCTETS, LISTS):
            self._offsets = cython.cast("int32_t *", fresh(4 * (room + 1)))  # type: ignore

    def dispose(self) -> None:
        """Give all memory back."""
        self.room = 0
        free(self._marks)  # type: ignore  # noqa: F821
        free(self._values)  # type: ignore  # noqa: F821
        free(self._offsets)  # type: ignore  # noqa: F821
        free(self._text)  # type: ignore  # noqa: F821
        self._marks = self._values = self._text = cython.NULL
        self._offsets = cython.NULL
        self._text_room = 0

    def enlarge(self, more: int) -> None:
        """Room for more octets of text."""
        if self.octets + more <= self._text_room:
            return
        wanted = 2 * (self.octets + more) + 64
        self._text = cython.cast("u8_t *", grown(self._text, wanted))  # type: ignore  # noqa: F821
        self._text_room = wanted

    def double(self) -> None:
        """Room for twice as many rows."""
        room = self.room
        size = (room + 7) // 8
        self._marks = cython.cast("u8_t *", grown(self._marks, 2 * size))  # type: ignore  # noqa: F821
        memset(self._marks + size, 0, size)  # type: ignore  # noqa: F821
        size = room * self.width
        if size:
            self._values = cython.cast("u8_t *", grown(self._values, 2 * size))  # type: ignore  # noqa: F821
            memset(self._values + size, 0, size)  # type: ignore  # noqa: F821
        if self._offsets != cython.NULL:
            self._offsets = cython.cast("int32_t *", grown(  # type: ignore  # noqa: F821
                self._offsets, 4 * (2 * room + 1)))

    def piece(self, start: int, stop: int) -> bytes:
        """Octets of the text or of blocks."""
        end = self.room * self.width if self.form == BLOCKS else self.octets
        if not 0 <= start <= stop <= end or (self.form != BLOCKS and self.form != OCTETS):
            raise IndexError(f"octets {start} to {stop} of {end}")
        return PyBytes_FromStringAndSize(cython.cast(  # type: ignore  # noqa: F821
            "const char *", self._values if self.form == BLOCKS else self._text) + start,
            stop - start)

    def export(self, to: Any, rows: int) -> None:
        """The first rows as an Arrow array, which has the memory from then on."""
        if not 0 <= rows <= self.room:
            raise IndexError(f"{rows} rows of {self.room}")
        form = self.form
        if form == OBJECTS:
            raise TypeError("a column of Python objects is none of Arrow's")
        listed = form in (OCTETS, LISTS)
        nulls = rows - self.filled(rows)
        if make_array(to, rows, nulls, 3 if form == OCTETS else 2,  # type: ignore  # noqa: F821
                      form == LISTS, form == WORDS):
            raise MemoryError
        if nulls:
            to.buffers[0] = shrunk(self._marks, (rows + 7) // 8)
            self._marks = cython.NULL
        if listed:
            before = self._offsets[self.reached]
            while self.reached < rows:
                self.reached += 1
                self._offsets[self.reached] = before
            to.buffers[1] = shrunk(self._offsets, 4 * (rows + 1))
            self._offsets = cython.NULL
        elif form == BITS:
            to.buffers[1] = self.packed(rows)
        else:
            to.buffers[1] = shrunk(self._values, rows * self.width)
            self._values = cython.NULL
        child = self.child
        if form == OCTETS:
            self.enlarge(0)
            to.buffers[2] = shrunk(self._text, self.octets)
            self._text = cython.NULL
        elif form == WORDS:
            self.export_words(to.dictionary)
        elif child is not None:
            child.export(to.children[0], self.octets)
        self.dispose()

    def export_words(self, to: Any) -> None:
        """The words as an array of text."""
        words = self.words.all()
        made = Vector(TEXT, max(1, len(words)))
        for row in range(len(words)):
            made.put_octets(row, words[row].encode())
        made.export(to, len(words))

    def packed(self, rows: int) -> Any:
        """Truths as bits."""
        bits = fresh((rows + 7) // 8)
        for row in range(rows):
            if self._values[row]:
                bits[row >> 3] |= 1 << (row & 7)
        return bits

    # --- one row ---

    def has(self, row: int) -> bool:
        """Whether a row has a value."""
        self.check(row)
        if cython.compiled:
            return self._marks[row >> 3] >> (row & 7) & 1  # type: ignore[return-value]
        return bool(self._marks[row >> 3] >> (row & 7) & 1)

    def check(self, row: int) -> None:
        """IndexError for a row that is not there."""
        if row < 0 or row >= self.room:
            raise IndexError(f"row {row} of {self.room}")

    def mark(self, row: int) -> None:
        """The row has a value."""
        self.check(row)
        self._marks[row >> 3] |= 1 << (row & 7)

    def filled(self, rows: int) -> int:
        """How many of the first rows have a value; behind them there are none."""
        if not 0 <= rows <= self.room:
            raise IndexError(f"{rows} rows of {self.room}")
        if cython.compiled:
            return ones(self._marks, (rows + 7) // 8)  # type: ignore  # noqa: F821
        return sum(map(int.bit_count, self._marks[:(rows + 7) // 8]))

    def put_number(self, row: int, value: int) -> None:
        """A number, as the bits of 64: modulo the width of the column."""
        if not self.numeric:
            raise TypeError("this column holds no numbers")
        self.mark(row)
        if cython.compiled:
            store(self._values + row * self.width,  # type: ignore  # noqa: F821
                  self.width, value)
        else:
            width = self.width
            self._values[row * width:(row + 1) * width] = (
                value & (1 << 8 * width) - 1).to_bytes(width, "little")

    def put_octets(self, row: int, value: bytes) -> None:
        """Octets, or text in UTF-8; of a block as many as it has."""
        self.check(row)
        if self.form == BLOCKS:
            if len(value) != self.width:
                return
            self.mark(row)
            at = row * self.width
            if cython.compiled:
                memcpy(self._values + at,  # type: ignore  # noqa: F821
                       PyBytes_AS_STRING(value), self.width)  # type: ignore  # noqa: F821
            else:
                self._values[at:at + self.width] = value
        elif self.form == OCTETS:
            self.append(value)
            self.close_row(row)
        else:
            raise TypeError("this column holds no octets")

    def append(self, value: bytes) -> None:
        """More octets behind all others. Raises UsageError where offsets could not tell them."""
        count = len(value)
        if self.octets + count > MOST_OCTETS:
            raise UsageError("a batch with more than a gigabyte in a column; take smaller batches")
        if cython.compiled:
            self.enlarge(count)
            memcpy(self._text + self.octets,  # type: ignore  # noqa: F821
                   PyBytes_AS_STRING(value), count)  # type: ignore  # noqa: F821
        else:
            self._text += value
        self.octets += count

    def close_row(self, row: int) -> None:
        """What was appended is the value of this row."""
        self.mark(row)
        if row < self.reached:
            raise IndexError(f"row {row} was written before")
        before = self._offsets[self.reached]
        while self.reached < row:
            self.reached += 1
            self._offsets[self.reached] = before
        self.reached = row + 1
        self._offsets[row + 1] = self.octets

    def put_address(self, row: int, size: int, high: int, low: int) -> None:
        """An address of ``size`` octets: its upper 64 bits and its lower ones."""
        if self.form == WORDS:
            self.mark(row)
            self.put_code(row, self.words.of_address(size, high, low))
        else:
            self.put_octets(row, octets_of(size, high, low))

    def put_code(self, row: int, code: int) -> None:
        """Which word it is."""
        self.check(row)
        if self.form != WORDS:
            raise TypeError("this column has no words")
        if cython.compiled:
            store(self._values + row * 4, 4, code)  # type: ignore  # noqa: F821
        else:
            self._values[row * 4:row * 4 + 4] = code.to_bytes(4, "little")

    def put(self, row: int, value: Any) -> None:
        """Any value of the column's type; None, and what it cannot hold, is null."""
        form = self.form
        if value is None:
            return
        if form == BITS:
            self.put_number(row, 1 if value else 0)
        elif form == FIXED:
            if self.kind.format == "g":
                self.put_number(row, struct.unpack("<Q", struct.pack("<d", value))[0])
            elif fits(value, self.width, self.kind.signed):
                self.put_number(row, value & 0xFFFFFFFFFFFFFFFF)
        elif form == WORDS:
            self.mark(row)
            self.put_code(row, self.words.of_text(value if isinstance(value, str) else str(value)))
        elif form == LISTS:
            self.put_list(row, value)
        elif form == OBJECTS:
            self.mark(row)
            self.objects[row] = value
        elif isinstance(value, str):
            self.put_octets(row, value.encode("utf-8", "backslashreplace"))
        else:
            self.put_octets(row, bytes(value))

    def put_list(self, row: int, values: Any) -> None:
        """The members of a list, in order."""
        self.check(row)
        child = self.child
        if child is None:
            raise TypeError("this column holds no lists")
        for value in values:
            if self.octets >= child.room:
                child.grow()
            child.put(self.octets, value)
            self.octets += 1
        self.close_row(row)

    def grow(self) -> None:
        """Room for twice as many rows; of a list's members only."""
        if self.room >= MOST_OCTETS // 64:
            raise UsageError("a batch with too many members of lists; take smaller batches")
        if cython.compiled:
            self.double()  # type: ignore[attr-defined]
        else:
            self._marks += bytes(self.room // 8 + 1)
            self._values += bytes(self.room * self.width)
            self._offsets += [0] * self.room
        self.room *= 2

    def undo(self, row: int) -> None:
        """Take the row back, which is the last that was written."""
        if not self.has(row):
            return
        self._marks[row >> 3] &= 0xFF ^ 1 << (row & 7)
        if self.form == WORDS:
            self.words.forget()
        elif self.form == OBJECTS:
            del self.objects[row]
        elif self.form in (OCTETS, LISTS):
            self.reached = row
            before = self._offsets[row]
            child = self.child
            if child is not None:
                while self.octets > before:
                    self.octets -= 1
                    child.undo(self.octets)
            elif not cython.compiled:
                del self._text[before:]
            self.octets = before

    # --- all rows ---

    def number(self, row: int) -> int:
        """The bits of a number, or of a code; 0 for null."""
        self.check(row)
        if self.form != FIXED and self.form != BITS and self.form != WORDS:
            raise TypeError("this column holds no numbers")
        if cython.compiled:
            return load(self._values + row * self.width, self.width)  # type: ignore  # noqa: F821
        return int.from_bytes(self._values[row * self.width:(row + 1) * self.width], "little")

    def signed_at(self, row: int) -> int:
        """A number that may be below zero."""
        bits = self.number(row)
        if cython.compiled:
            spare = 64 - 8 * self.width
            return cython.cast("long long", bits << spare) >> spare  # type: ignore
        return self.signed_number(bits)  # type: ignore[no-any-return]

    def spelled(self) -> list[str]:
        """The words of a column of words, by their codes."""
        return self.words.all()

    def stretch(self, row: int) -> tuple[int, int]:
        """Where the octets or members of a row begin and end."""
        self.check(row)
        if row >= self.reached:
            return self.octets, self.octets
        return self._offsets[row], self._offsets[row + 1]

    def octets_at(self, start: int, stop: int) -> bytes:
        """A stretch of the octets that were appended, or of blocks."""
        if cython.compiled:
            return self.piece(start, stop)  # type: ignore[attr-defined, no-any-return]
        return bytes((self._values if self.form == BLOCKS else self._text)[start:stop])

    def value(self, row: int) -> Any:
        """The value as Python has it; None for null. Times are integers of nanoseconds."""
        if not self.has(row):
            return None
        form = self.form
        if form == BITS:
            return self.number(row) != 0
        if form == FIXED:
            return self.signed_number(self.number(row))
        if form == WORDS:
            return self.words.all()[self.number(row)]
        if form == OBJECTS:
            return self.objects[row]
        if form == BLOCKS:
            return self.octets_at(row * self.width, (row + 1) * self.width)
        start, stop = self.stretch(row)
        if self.child is not None:
            return [self.child.value(one) for one in range(start, stop)]
        found = self.octets_at(start, stop)
        return found.decode() if self.kind.text else found

    def signed_number(self, bits: int) -> Any:
        """What the bits of a number mean."""
        if self.kind.format == "g":
            return struct.unpack("<d", struct.pack("<Q", bits))[0]
        size = 8 * self.kind.width
        return bits - (1 << size) if self.kind.signed and bits >> size - 1 else bits

    def values(self, rows: int) -> list[Any]:
        """The values of the first rows."""
        if rows > self.room:
            raise IndexError(f"{rows} rows of {self.room}")
        form = self.form
        if form == OBJECTS:
            found = self.objects
            return [found.get(row) for row in range(rows)]
        if form == WORDS:
            words = self.words.all()
            return [words[self.number(row)] if self.has(row) else None for row in range(rows)]
        if form == FIXED and not self.kind.signed and self.kind.format != "g":
            return [self.number(row) if self.has(row) else None for row in range(rows)]
        return [self.value(row) for row in range(rows)]


def fresh(size: int) -> Any:
    """Zeroed memory, some octets more than asked for. Raises MemoryError."""
    made = cython.cast("u8_t *", calloc(size + 8, 1))  # type: ignore  # noqa: F821
    if made == cython.NULL:
        raise MemoryError
    return made


def shrunk(old: Any, size: int) -> Any:
    """The same memory, without what is not needed: batches may be kept for long."""
    made = realloc(old, size + 8)  # type: ignore  # noqa: F821
    return made if made != cython.NULL else old


def fits(value: Any, width: int, signed: bool) -> bool:
    """Whether it is a number that a column of so many octets can hold."""
    if not isinstance(value, int):
        return False
    limit = 1 << 8 * width - (1 if signed else 0)
    if value < (-limit if signed else 0):
        return False
    return bool(value < limit)
