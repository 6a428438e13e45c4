"""DECnet's network services protocol: logical links; tcpdump: print-decnet.c."""

from __future__ import annotations

from fyke.layers.words import named
from fyke.wire import Line, Record

HEADER_LENGTH = 5
DATA, ACK, CONTROL = 0x00, 0x04, 0x08  # types
INTERRUPT, LINK_SERVICE = 0x30, 0x10  # subtypes of data
WHOLE = (0x00, 0x20, 0x40, 0x60)  # subtypes of data: beginning and end bits
DATA_ACK, OTHER_ACK, CONNECT_ACK = 0x00, 0x10, 0x20  # subtypes of acknowledgements
INITIATE, CONFIRM, DISCONNECT, DISCONNECTED, AGAIN = 0x10, 0x20, 0x30, 0x40, 0x60
#: The bits of an acknowledgement number: present, negative; then the same of the other channel.
PRESENT, NEGATIVE, OTHER, OTHER_NEGATIVE, NUMBER = 0x8000, 0x9000, 0xA000, 0xB000, 0x0FFF
OTHER_WORDS, DATA_WORDS = (b"oack", b"onak"), (b"ackdat", b"nakdat")
FLOW_NAMES = {0x04: b"seg ", 0x08: b"msg "}
VERSIONS = (b"3.2", b"3.1", b"4.0", b"4.1")
REASONS = {
    0: b"object rejected connect", 1: b"insufficient resources", 2: b"unrecognized node name",
    3: b"node is shutting down", 4: b"unrecognized object", 5: b"invalid object name format",
    6: b"object too busy", 7: b"protocol error discovered", 8: b"third party abort",
    9: b"user abort", 10: b"invalid node name format", 11: b"local node shutting down",
    32: b"insufficient local resources", 33: b"insufficient remote user resources",
    34: b"invalid access control information", 36: b"bad ACCOUNT information",
    38: b"no response from object", 39: b"node unreachable", 41: b"no link terminate",
    42: b"disconnect complete", 43: b"bad image data in connect",
    54: b"cryptographic service mismatch",
}


def node(address: int) -> bytes:
    """Area and node."""
    return b"%d.%d" % (address >> 10, address & 0x3FF)


def write_services(line: Line, pkt: Record, at: int, length: int) -> bool:
    """A message of a logical link; False if it is too short."""
    if length < 0:
        length &= 0xFFFFFFFF
    if length < HEADER_LENGTH:
        line.put(b" (nsplen %d < %d)" % (length, HEADER_LENGTH))
        return False
    flags, target, source = pkt.u8(at), pkt.le16(at + 1), pkt.le16(at + 3)
    kind, subtype = flags & 0x0C, flags & 0x70
    link = b"%d>%d " % (source, target)
    if kind == DATA and subtype in (*WHOLE, INTERRUPT, LINK_SERVICE):
        return write_data(line, pkt, at, length, subtype, link)
    if kind == ACK and subtype in (DATA_ACK, OTHER_ACK):
        line.put((b"data-ack " if subtype == DATA_ACK else b"ils-ack ") + link)
        if length < 9:
            return False
        pkt.raw(at, 9)
        write_numbers(line, pkt, at + HEADER_LENGTH, at + 9,
                      OTHER_WORDS if subtype == DATA_ACK else DATA_WORDS)
    elif kind == ACK and subtype == CONNECT_ACK:
        line.put(b"conn-ack %d" % target)
    elif kind == CONTROL and subtype in (INITIATE, CONFIRM, AGAIN, DISCONNECT, DISCONNECTED):
        return write_control(line, pkt, at, length, subtype, link)
    else:
        what = {DATA: b"sub", ACK: b"ack", CONTROL: b"ctl"}.get(kind, b"")
        line.put(b"reserved-%stype? %x %d > %d" % (what, flags, source, target))
    return True


def write_numbers(line: Line, pkt: Record, at: int, end: int, other: tuple[bytes, bytes]) -> int:
    """Acknowledgements if there are some, ``other`` being the words for the other channel's.

    The offset after them, or -1 if the message ends before what must follow.
    """
    for bit, negative, words in ((PRESENT, NEGATIVE, (b"ack", b"nak")),
                                 (OTHER, OTHER_NEGATIVE, other)):
        number = pkt.le16(at)
        if not number & bit:
            break
        line.put(b"%s %d " % (words[number & negative == negative], number & NUMBER))
        at += 2
        if end - at < 2:
            return -1
    return at


def write_data(line: Line, pkt: Record, at: int, length: int, subtype: int, link: bytes) -> bool:
    if subtype == INTERRUPT:
        line.put(b"intr ")
    else:
        line.put((b"link-service " if subtype == LINK_SERVICE else b"data ") + link)
    if length < (13 if subtype == LINK_SERVICE else 7):
        return False
    after = write_numbers(line, pkt, at + HEADER_LENGTH, at + length,
                          OTHER_WORDS if subtype in WHOLE else DATA_WORDS)
    if after < 0:
        return False
    line.put(b"seg %d " % (pkt.le16(after) & NUMBER))
    if subtype == LINK_SERVICE:
        write_link_service(line, pkt.u8(at + 11), pkt.u8(at + 12))
    return True


def write_link_service(line: Line, flags: int, count: int) -> None:
    """Flow control."""
    if flags & 0x0C == 0:
        line.put(b"dat seg count %d " % count)
        modifier = flags & 3
        if modifier == 3:
            line.put(b"reserved-fcmod? %x" % flags)
        else:
            line.put((b"", b"donotsend-data ", b"send-data ")[modifier])
    elif flags & 0x0C == 4:
        line.put(b"intr req count %d " % count)
    else:
        line.put(b"reserved-fcval-int? %x" % flags)


def write_control(line: Line, pkt: Record, at: int, length: int, subtype: int,
                  link: bytes) -> bool:
    """Links come and go."""
    line.put({INITIATE: b"conn-initiate ", AGAIN: b"retrans-conn-initiate ",
              CONFIRM: b"conn-confirm ", DISCONNECT: b"disconn-initiate ",
              DISCONNECTED: b"disconn-confirm "}[subtype] + link)
    if length < {INITIATE: 9, AGAIN: 9, CONFIRM: 10, DISCONNECT: 8}.get(subtype, 0):
        return False
    if subtype in (DISCONNECT, DISCONNECTED):
        reason = pkt.le16(at + 5)
        options = pkt.u8(at + 7) if subtype == DISCONNECT else 0
        line.put(b"%s " % named(REASONS, reason, b"reason-%d"))
    else:
        services, info, size = pkt.u8(at + 5), pkt.u8(at + 6), pkt.le16(at + 7)
        options = pkt.u8(at + 9) if subtype == CONFIRM else 0
        line.put(b"%sver %s segsize %d " % (
            FLOW_NAMES.get(services & 0x0C, b""), VERSIONS[info & 3], size))
    if options:
        line.put(b"optlen %d " % options)
    return True
