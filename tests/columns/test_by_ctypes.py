"""Arrow's structures without compiled modules: what they point to lives until they are released."""

from __future__ import annotations

import ctypes
import gc

from fyke.columns.by_ctypes import CSchema, struct_of
from fyke.columns.kinds import TEXT

NAMES = [f"a column number {number}" for number in range(50)]


def test_words_of_a_schema_stay() -> None:
    """Written to a consumer's memory, where no object of Python's holds on to them."""
    memory = CSchema()
    struct_of(NAMES, [TEXT] * len(NAMES), CSchema.from_address(ctypes.addressof(memory)))
    gc.collect()
    others = [bytes([65 + size]) * size for size in range(1, 40) for _ in range(2000)]
    found = [CSchema.from_address(memory.children[place]) for place in range(memory.n_children)]
    assert (memory.format, memory.name) == (b"+s", b"")
    assert [(one.name.decode(), one.format) for one in found] == [
        (name, TEXT.format.encode()) for name in NAMES]
    assert others
    memory.release(ctypes.addressof(memory))
    assert not memory.release
