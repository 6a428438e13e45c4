"""``fisu``, ``opc`` and so on: signal units of MTP2, fields of MTP3."""

from __future__ import annotations

from fyke.bpf.instructions import JEQ, JGT, B, H, W
from fyke.filter.links.ss7 import Mtp2
from fyke.filter.lowering.arithmetic import COMPARISONS
from fyke.filter.lowering.fragment import Fragment, both
from fyke.filter.lowering.generator import PACKET, WORD, Generator
from fyke.filter.syntax import Field, Word

#: MTP2's length indicator, and that of a high-speed link (ITU-T Q.703, 2.2 and annex A).
LENGTH, LENGTH_MASK = 2, 0x3F
LONG_LENGTH, LONG_LENGTH_MASK, LONG_LENGTH_UNIT = 4, 0xFF80, 0x80
#: Signal units, by the least and the most that the length may be (None: any).
MTP2_TYPES = {"fisu": (0, 0), "lssu": (1, 2), "msu": (3, None),
              "hfisu": (0, 0), "hlssu": (1, 2), "hmsu": (3, None)}

#: MTP3 fields: offset, width, mask of the number, and how far it is shifted (ITU-T Q.704, 2.2).
MTP3_FIELDS = {"sio": (3, B, 0xFF, 0), "opc": (4, W, 0x3FFF, 14), "dpc": (4, H, 0x3FFF, 0),
               "sls": (7, B, 0x0F, 4)}
HIGH_SPEED = 3  #: how much further on a field is on a high-speed link


def _prefix(gen: Generator, word: str) -> int:
    link = gen.layout.link
    if not isinstance(link, Mtp2):
        gen.fail(f"'{word}' supported only on SS7")
    return link.prefix


def word(gen: Generator, node: Word) -> Fragment:
    """``fisu``, ``lssu``, ``msu``: a signal unit is told by its length."""
    word = node.word
    prefix = _prefix(gen, word)
    least, most = MTP2_TYPES[word]
    if word[0] == "h":
        offset, width, mask, unit = prefix + LONG_LENGTH, H, LONG_LENGTH_MASK, LONG_LENGTH_UNIT
    else:
        offset, width, mask, unit = prefix + LENGTH, B, LENGTH_MASK, 1

    def compare(test: int, value: int, reverse: bool) -> Fragment:
        return gen.compare(PACKET, offset, width, value * unit, mask=mask, test=test,
                           reverse=reverse)

    if most == 0:
        return compare(JEQ, 0, False)
    longer = compare(JGT, least - 1, False)
    return longer if most is None else both(longer, compare(JGT, most, True))


def field(gen: Generator, node: Field) -> Fragment:
    """A field of MTP3's header, compared with a number."""
    field = node.field
    prefix = _prefix(gen, field)
    test, reverse = COMPARISONS[node.op]
    offset, width, most, shift = MTP3_FIELDS[field.removeprefix("h")]
    if field[0] == "h":
        offset += HIGH_SPEED
    gen.limit(field, node.value, most)
    whole = field.endswith("sio")
    mask = WORD if whole else _little_endian(most << shift, width)
    value = _little_endian(node.value << shift, width)
    return gen.compare(PACKET, prefix + offset, width, value, mask=mask, test=test,
                       reverse=reverse)


def _little_endian(number: int, width: int) -> int:
    """A number as it is loaded from a little-endian field."""
    size = {B: 1, H: 2, W: 4}[width]
    return int.from_bytes(number.to_bytes(size, "little"), "big")
