"""What OAM messages say, as values (IEEE 802.3-2018 §57.5.2, §57.5.3)."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Cursor, Form, fixed, options, raw, tlvs
from fyke.layers.fields import Options
from fyke.wire import Record

END, PRIVATE = 0, 0xFE
TICK = 100  # milliseconds of an event's time stamp


class Information(NamedTuple):
    """What a side of the link can do and does."""

    version: int
    revision: int
    state: int  #: bits 0 and 1 what it does with frames that come, bit 2 with those that go
    configuration: int
    most: int  #: octets of the longest message it takes
    oui: int
    vendor: int


class Event(NamedTuple):
    """Errors in a window: in symbols, in frames, in time or in seconds, as the event says."""

    time: int  #: ms
    window: int
    threshold: int
    errors: int
    all_errors: int
    all_events: int


def information(pkt: Record, at: int, size: int) -> Information:
    return Information(pkt.u8(at), pkt.u16(at + 1), pkt.u8(at + 3), pkt.u8(at + 4),
                       pkt.u16(at + 5) & 0x7FF, pkt.u24(at + 7), pkt.u32(at + 10))


def event(name: str, window: int, count: int, total: int) -> Form:
    """The sizes of the window, of threshold and errors, and of their sum."""
    def read(pkt: Record, at: int, size: int) -> Event:
        walk = Cursor(pkt, at, at + size)
        numbers = [int.from_bytes(walk.raw(one), "big")
                   for one in (2, window, count, count, total, 4)]
        numbers[0] *= TICK
        return Event(*numbers)
    return fixed(name, 6 + window + 2 * count + total, read)


INFORMATION_FORMS: dict[int, Form] = {
    END: Form("end", raw), 1: fixed("local", 14, information), 2: fixed("remote", 14, information),
    PRIVATE: Form("organization", raw)}
EVENT_FORMS: dict[int, Form] = {
    END: Form("end", raw), 1: event("symbol_period", 8, 8, 8), 2: event("frame", 2, 4, 8),
    3: event("frame_period", 4, 4, 8), 4: event("frame_seconds", 2, 2, 4),
    PRIVATE: Form("organization", raw)}


def told(pkt: Record, at: int, stop: int, forms: dict[int, Form]) -> Options:
    """The TLVs up to the one that ends them."""
    return options(pkt, tlvs(pkt, at, stop, counts=2, end=END), forms)
