"""``llc``: 802.2 logical link control, and its frame types."""

from __future__ import annotations

from fyke.bpf.instructions import B
from fyke.filter.lowering.fragment import Fragment, both
from fyke.filter.lowering.generator import LLC, Generator
from fyke.filter.syntax import Llc

LLC_CONTROL = 2  #: offset of the control field
#: Subtypes of supervisory and unnumbered frames (ISO/IEC 8802-2, 5.4), in the control field.
SUPERVISORY = {"rr": 0x01, "rnr": 0x05, "rej": 0x09}
UNNUMBERED = {"ui": 0x03, "ua": 0x63, "disc": 0x43, "dm": 0x0F, "sabme": 0x6F, "test": 0xE3,
              "xid": 0xAF, "frmr": 0x87}
SUPERVISORY_MASK = 0x0F
UNNUMBERED_MASK = 0xEF  #: all but poll/final


def llc(gen: Generator, node: Llc) -> Fragment:
    """``llc`` and ``llc type``."""
    is_llc = gen.layout.link.llc(gen)
    kind = node.type
    if kind is None:
        return is_llc
    if kind == "i":
        return both(is_llc, gen.no_bit(LLC, LLC_CONTROL, B, 1))
    if kind in ("s", "u"):
        value, mask = (1, 3) if kind == "s" else (3, 3)
    elif kind in SUPERVISORY:
        value, mask = SUPERVISORY[kind], SUPERVISORY_MASK
    else:
        value, mask = UNNUMBERED[kind], UNNUMBERED_MASK
    return both(is_llc, gen.masked(LLC, LLC_CONTROL, B, value, mask))
