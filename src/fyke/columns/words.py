"""Room columns/: the different values of a column of words, each with its code.

Addresses are found again by a hash table of their octets and become text when all rows are there;
words that come as text are found by Python's dictionary.
"""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.plain import address
from fyke.wire import Line

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

NO_ADDRESS = 255  # in place of the size of an address: a word that is text


class Words:
    """Words in the order in which they were met. The one that was met last can be forgotten."""

    __slots__ = ("_codes", "_key_room", "_keys", "_slots", "fresh", "known", "mask", "met", "slot")

    met: dict[Any, int]  #: words to their codes; compiled, those of text only
    known: list[str]  #: the words, by code
    fresh: bool  #: what was asked for last had not been met before

    def __init__(self) -> None:
        self.met = {}
        self.known = []
        self.fresh = False
        self.mask: int = 0  # of the hash table's places
        if cython.compiled:
            self.dispose()  # type: ignore[attr-defined]

    def of_address(self, size: int, high: int, low: int) -> int:
        """The code of an address of ``size`` octets: its upper 64 bits and its lower ones."""
        self.fresh = False
        if cython.compiled:
            return self.seek(size, high, low)  # type: ignore[attr-defined, no-any-return]
        return self.of_key((size, high, low))

    def of_text(self, word: str) -> int:
        """The code of a word that is text."""
        self.fresh = False
        return self.of_key(word)

    def of_key(self, key: Any) -> int:
        """The code of a word: text, or (size, upper, lower) of an address."""
        code = self.met.get(key)
        if code is None:
            if cython.compiled:
                self.reserve()  # type: ignore[attr-defined]
            code = self.met[key] = len(self.known)
            self.known.append(key if isinstance(key, str) else address(octets_of(*key)))
            self.fresh = True
        return code

    def forget(self) -> None:
        """If the last word was met for the first time, it was not met."""
        if self.fresh:
            self.fresh = False
            if not cython.compiled or not self.unlearn():  # type: ignore[attr-defined]
                del self.met[next(reversed(self.met))]
                self.known.pop()

    def all(self) -> list[str]:
        """Every word by its code."""
        if cython.compiled:
            self.spell()  # type: ignore[attr-defined]
        return self.known

    # --- compiled: the hash table of addresses ---

    def __dealloc__(self) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Give all memory back."""
        free(self._slots)  # type: ignore  # noqa: F821
        free(self._keys)  # type: ignore  # noqa: F821
        self._slots = cython.NULL
        self._keys = cython.NULL
        self._codes = self._key_room = 0
        self.slot = -1

    def seek(self, size: int, high: int, low: int) -> int:
        """The code of an address; those that collide stand behind each other without a gap."""
        if self._slots == cython.NULL or self._codes >= self._key_room:
            self.rehash()
        mask = self.mask
        at = mixed(size, high, low) & mask  # type: ignore  # noqa: F821
        while True:
            code = self._slots[at]
            if code < 0:
                break
            key = self._keys + 3 * code
            if key[0] == high and key[1] == low and key[2] == size:
                return code  # type: ignore[no-any-return]
            at = (at + 1) & mask
        code = self._codes
        key = self._keys + 3 * code
        key[0] = high
        key[1] = low
        key[2] = size
        self._slots[at] = code
        self.slot = at
        self._codes = code + 1
        self.fresh = True
        return code

    def reserve(self) -> None:
        """The next code is one of text, which no address has."""
        self.spell()
        if self._codes >= self._key_room:
            self.rehash()
        key = self._keys + 3 * self._codes
        key[2] = NO_ADDRESS
        self.slot = -1
        self._codes += 1

    def rehash(self) -> None:
        """Room for twice as many words; the table is at most half full."""
        room = 2 * self._key_room if self._key_room else 512
        self._keys = cython.cast("u64_t *", grown(self._keys, 24 * room))  # type: ignore
        self._key_room = room
        self._slots = cython.cast("int32_t *", grown(self._slots, 8 * room))  # type: ignore
        memset(self._slots, 255, 8 * room)  # type: ignore  # noqa: F821
        mask = self.mask = 2 * room - 1
        for code in range(self._codes):
            key = self._keys + 3 * code
            if key[2] == NO_ADDRESS:
                continue
            at = mixed(key[2], key[0], key[1]) & mask  # type: ignore  # noqa: F821
            while self._slots[at] >= 0:
                at = (at + 1) & mask
            self._slots[at] = code

    def unlearn(self) -> bool:
        """Forget the word that was met last; False if it is one of text."""
        self._codes -= 1
        if self.slot < 0:
            return False
        self._slots[self.slot] = -1
        return True

    def spell(self) -> None:
        """The words of all addresses."""
        line = Line(64)
        for code in range(len(self.known), self._codes):
            key = self._keys + 3 * code
            line.begin()
            line.rewind(0)
            if key[2] == 4:
                line.ipv4(key[1])
                self.known.append(line.text().decode())
            else:
                self.known.append(address(octets_of(key[2], key[0], key[1])))


def grown(old: Any, size: int) -> Any:
    """The same memory with room for so many octets; what is new is not zeroed."""
    made = realloc(old, size)  # type: ignore  # noqa: F821
    if made == cython.NULL:
        raise MemoryError
    return made


def octets_of(size: int, high: int, low: int) -> bytes:
    """An address in its octets."""
    return ((high << 64 | low) & (1 << 8 * size) - 1).to_bytes(size, "big")
