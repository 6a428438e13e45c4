"""``lane``, ``vpi``, ``oamf4`` and so on: ATM circuits, and Ethernet emulated over them."""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links import atm
from fyke.filter.links.table import plain_ethernet
from fyke.filter.lowering.arithmetic import COMPARISONS
from fyke.filter.lowering.fragment import Fragment, any_of, both
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.lowering.layout import Offset
from fyke.filter.syntax import Field, Word

#: Circuits of VPI 0, by VCI (ITU-T I.361).
CIRCUITS = {"metac": 1, "bcc": 2, "oamf4sc": 3, "oamf4ec": 4, "sc": 5, "ilmic": 16}
#: Q.2931 message types (ITU-T Q.2931, 4.4), in the order in which they are looked for.
SETUP, CALL_PROCEED, CONNECT, CONNECT_ACK, RELEASE, RELEASE_DONE = 5, 2, 7, 15, 77, 90
MESSAGES = {
    "connectmsg": ("sc", (RELEASE_DONE, RELEASE, CONNECT_ACK, CONNECT, SETUP, CALL_PROCEED)),
    "metaconnect": ("metac", (RELEASE_DONE, RELEASE, CONNECT, SETUP, CALL_PROCEED)),
}
MESSAGE_TYPE = 5  #: offset in a Q.2931 message

#: Offset, width and the most that fits.
FIELDS = {"vpi": (atm.VPI, B, 0xFF), "vci": (atm.VCI, H, 0xFFFF)}


def _require_atm(gen: Generator, word: str) -> None:
    if not isinstance(gen.layout.link, atm.SunAtm):
        gen.fail(f"'{word}' supported only on SUNATM")


def word(gen: Generator, node: Word) -> Fragment:
    """A circuit, a kind of signalling message, or ``lane``."""
    word = node.word
    _require_atm(gen, word)
    if word in CIRCUITS:
        return _circuit(gen, word)
    if word in ("oam", "oamf4"):
        cells = any_of(*(gen.equal(LINK, atm.VCI, H, number) for number in (3, 4)))
        return both(gen.equal(LINK, atm.VPI, B, 0), cells)
    if word in MESSAGES:
        circuit, types = MESSAGES[word]
        messages = any_of(*(gen.equal(LINK, atm.PAYLOAD + MESSAGE_TYPE, B, number)
                            for number in types))
        return both(_circuit(gen, circuit), messages)
    return _lane(gen)


def field(gen: Generator, node: Field) -> Fragment:
    """``vpi`` and ``vci``, compared with a number."""
    _require_atm(gen, node.field)
    test, reverse = COMPARISONS[node.op]
    offset, width, most = FIELDS[node.field]
    gen.limit(node.field.upper(), node.value, most)
    return gen.compare(LINK, offset, width, node.value, test=test, reverse=reverse)


def _circuit(gen: Generator, word: str) -> Fragment:
    return both(gen.equal(LINK, atm.VPI, B, 0),
                gen.equal(LINK, atm.VCI, H, CIRCUITS[word]))


def _lane(gen: Generator) -> Fragment:
    """LAN emulation, taken to be of Ethernet: later tests are about that."""
    fragment = atm.traffic(gen, atm.LANE)
    layout = gen.layout
    header = atm.PAYLOAD + 2
    ethernet = plain_ethernet()
    start = ethernet.start
    gen.layout = layout._replace(
        link=ethernet, outer=layout.link, header=Offset(header), outer_header=layout.header,
        type=layout.type._replace(constant=header + start.type),
        payload=layout.payload._replace(constant=header + start.payload),
        network=start.network, network_no_snap=start.network_no_snap)
    return fragment
