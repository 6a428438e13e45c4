"""Scratch memory of the BPF machine, handed out word by word while code is made."""

from __future__ import annotations

from fyke.bpf.instructions import MEMORY_WORDS


class Registers:
    """Which words are in use.

    The search starts at the word given out last and goes round, so that a value just freed is
    not soon overwritten (and the numbers are those that libpcap gives).
    """

    __slots__ = ("_last", "_used", "written")

    def __init__(self) -> None:
        self._used = [False] * MEMORY_WORDS
        self._last = 0
        self.written: set[int] = set()  #: words that were given out, even if given back since

    def take(self) -> int | None:
        """A free word, or None if all are in use."""
        for step in range(MEMORY_WORDS):
            number = (self._last + step) % MEMORY_WORDS
            if not self._used[number]:
                self._used[number] = True
                self._last = number
                self.written.add(number)
                return number
        return None

    def free(self, number: int) -> None:
        """Give a word back."""
        self._used[number] = False
