"""Room conversations/: one flow: who, how much, and how TCP fared.

What is counted as retransmitted, out of order, duplicate acknowledgement and lost follows what
Wireshark's analysis of sequence numbers says (its User's Guide, "TCP Analysis"): people compare.
"""

from __future__ import annotations

from _socket import AF_INET6, inet_ntop

from fyke.conversations.header import TUNNELS
from fyke.hints import Any

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

FIN, SYN, RST, ACK = 1, 2, 4, 16
REORDERING = 3_000_000  # nanoseconds: later is no other order, if no round trip was measured
FAST = 20_000_000  # nanoseconds after a duplicate acknowledgement: a fast retransmission
WORD = 0xFFFFFFFF

#: How it is known who opened a flow.
OPENINGS = ("syn", "syn-ack", "port", "first")
BY_SYN, BY_SYN_ACK, BY_PORT, BY_FIRST = range(4)
#: Why a flow is at its end.
ENDINGS = ("", "end", "idle", "active", "memory", "reused")
STILL_THERE, AT_END, IDLE, ACTIVE, MEMORY, REUSED = range(6)
TABLES: dict[str, Any] = {}  # of ports, once they are read
NAMES = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 33: "dccp", 47: "gre", 50: "esp", 51: "ah",
         58: "icmp6", 89: "ospf", 132: "sctp", 136: "udplite"}

if not cython.compiled:
    def before(a: int, b: int) -> bool:
        """Whether a sequence number is in front of another (RFC 9293 §3.4)."""
        return (a - b) & 0x80000000 != 0


class Side:
    """What one end of a flow sent; the library shows it as ``flow.sent`` and ``flow.received``."""

    __slots__ = ("ack_time", "acked", "announced", "base_seq", "based", "begun", "bytes",
                 "contiguous", "duplicate_acks", "flags", "kept_alive", "last_ack", "lost_segments",
                 "next_seq", "next_time", "out_of_order", "packets", "payload", "probed",
                 "repeated", "retransmissions", "scale", "window", "zero_windows")

    packets: int
    bytes: int  #: of whole frames, as they were on the wire
    payload: int  #: octets above TCP or UDP
    flags: int  #: all TCP flags that it ever sent, as bits
    retransmissions: int
    out_of_order: int
    duplicate_acks: int
    zero_windows: int
    lost_segments: int  #: holes in front of a segment: not captured, or lost before

    def __init__(self) -> None:
        self.packets = self.bytes = self.payload = 0
        self.announced = self.scale = -1
        self.retransmissions = self.out_of_order = self.duplicate_acks = 0
        self.zero_windows = self.lost_segments = self.flags = 0
        self.base_seq = self.next_seq = self.contiguous = self.last_ack = self.window = 0
        self.repeated = 0
        self.next_time = self.ack_time = 0
        self.based = self.begun = self.acked = self.kept_alive = self.probed = False

    @property
    def mss(self) -> int | None:
        """The maximum segment size that it announced."""
        return self.announced if self.announced >= 0 else None

    @property
    def window_scale(self) -> int | None:
        """The window scale that it announced (RFC 7323), a power of two."""
        return self.scale if self.scale >= 0 else None

    def heir(self) -> Side:
        """The same end in the next record of a flow that goes on: it knows where it was."""
        out = Side()
        out.announced, out.scale, out.flags = self.announced, self.scale, self.flags
        out.base_seq, out.next_seq, out.contiguous = self.base_seq, self.next_seq, self.contiguous
        out.last_ack, out.window, out.repeated = self.last_ack, self.window, self.repeated
        out.next_time, out.ack_time = self.next_time, self.ack_time
        out.based, out.begun, out.acked = self.based, self.begun, self.acked
        out.kept_alive, out.probed = self.kept_alive, self.probed
        return out


class Flow:
    """One conversation of two ends over one protocol.

    Addresses are text, times nanoseconds since the epoch, sizes octets. ``a`` is the end with the
    lower address and port; ``client`` is who opened, as far as that is known (``opened_by``).
    """

    __slots__ = ("a", "a_high", "a_low", "b", "b_high", "b_low", "carrier", "continued",
                 "end", "ending", "expected", "fragment_bytes", "fragments", "from_a",
                 "hello", "looks", "name", "newer", "next", "number", "older", "opening",
                 "ports", "recognised", "round_trip", "slot", "start", "syn_ack_time",
                 "syn_time", "tag")

    next: Flow | None
    hello: Any  # octets of a ClientHello so far
    number: int  #: counted from 0, in order of the first packets
    start: int  #: when its first packet was captured
    end: int  #: … its last
    fragments: int  #: frames with fragments beside the one that made a datagram whole
    fragment_bytes: int  #: octets of those
    continued: bool  #: the active time-out ended an earlier part
    name: Any  #: the server's, as TLS or DNS said it; None: not seen
    recognised: Any  #: the application, as its payload says; None: it does not

    def __init__(self) -> None:
        self.a_high = self.a_low = self.b_high = self.b_low = self.ports = 0
        self.next = None
        self.newer = self.older = self.slot = -1
        self.a = Side()
        self.b = Side()
        self.from_a = True
        self.continued = False
        self.number = self.start = self.end = 0
        self.round_trip = self.syn_time = self.syn_ack_time = -1
        self.fragments = self.fragment_bytes = 0
        self.opening = BY_FIRST
        self.tag = -1  # VLAN
        self.carrier = self.ending = 0
        self.name = self.recognised = self.hello = None
        self.expected = 0  # the sequence number behind ``hello``
        self.looks = 0  # payloads that are still to be looked at

    def heir(self) -> Flow:
        """The record that goes on where the active time-out ends this one."""
        out = Flow()
        out.a_high, out.a_low, out.b_high, out.b_low = (
            self.a_high, self.a_low, self.b_high, self.b_low)
        out.ports = self.ports
        out.a, out.b = self.a.heir(), self.b.heir()
        out.from_a, out.opening, out.continued = self.from_a, self.opening, True
        out.tag, out.carrier = self.tag, self.carrier
        out.name, out.recognised = self.name, self.recognised
        out.round_trip = self.round_trip
        return out

    def reused(self, a_sends: bool, flags: int, seq: int) -> bool:
        """Whether a SYN begins another connection between the same ports."""
        side = self.a if a_sends else self.b
        return flags & (SYN | ACK) == SYN and side.based and side.base_seq != seq

    def segment(self, a_sends: bool, seq: int, ack: int, flags: int, window: int, length: int,
                time: int) -> None:
        """A TCP segment with ``length`` octets of payload."""
        fwd = self.a if a_sends else self.b
        rev = self.b if a_sends else self.a
        if self.opening > BY_SYN and flags & SYN:
            self.from_a = a_sends != (flags & ACK != 0)
            self.opening = BY_SYN_ACK if flags & ACK else BY_SYN
        if self.round_trip < 0:
            self.shake_hands(a_sends, ack, flags, time)
        analyse(fwd, rev, seq, ack, flags, window, length, time, self.round_trip)
        fwd.flags |= flags

    def shake_hands(self, a_sends: bool, ack: int, flags: int, time: int) -> None:
        """Measure the handshake: from the first SYN to the ACK of the SYN-ACK."""
        if flags & (SYN | ACK | RST) == SYN:
            if self.syn_time < 0:
                self.syn_time = time
        elif self.syn_time < 0:
            pass
        elif flags & SYN:
            self.syn_ack_time = time
        elif self.syn_ack_time >= 0 and a_sends == self.from_a and flags & (ACK | RST) == ACK:
            self.round_trip = time - self.syn_time
            if self.round_trip < 0:
                self.round_trip = 0

    # --- what people read ---

    @property
    def protocol(self) -> str:
        """ "tcp", "udp", "icmp" …, or the number in the IP header as text."""
        number = self.proto
        if number in NAMES:
            return NAMES[number]
        from fyke.layers.network.protocols import IANA_NAMES
        name = IANA_NAMES.get(number)
        return name.decode().lower() if name else f"ip{number}"

    @property
    def proto(self) -> int:
        """The protocol number in the IP header."""
        return int(self.ports >> 32 & 0xFF)

    @property
    def version(self) -> int:
        """4 or 6."""
        return int(self.ports >> 40)

    @property
    def client(self) -> str:
        """The address of who opened."""
        return self.address(self.from_a)

    @property
    def server(self) -> str:
        """The other address."""
        return self.address(not self.from_a)

    @property
    def client_port(self) -> int | None:
        """None for protocols without ports."""
        return self.port(self.from_a)

    @property
    def server_port(self) -> int | None:
        return self.port(not self.from_a)

    @property
    def sent(self) -> Side:
        """What the client sent."""
        return self.a if self.from_a else self.b

    @property
    def received(self) -> Side:
        """What the server sent."""
        return self.b if self.from_a else self.a

    @property
    def application(self) -> str | None:
        """What the payload is, by its octets or else by the ports: "tls", "dns"; None: unknown."""
        return self.recognised or by_ports(self.protocol, self.server_port, self.client_port)

    @property
    def handshake(self) -> int | None:
        """Nanoseconds from the SYN to the ACK of the SYN-ACK; None: not seen."""
        return self.round_trip if self.round_trip >= 0 else None

    @property
    def vlan(self) -> int | None:
        """The number in the outermost VLAN tag."""
        return self.tag if self.tag >= 0 else None

    @property
    def tunnel(self) -> str | None:
        """What carries it, of header.TUNNELS; None: nothing."""
        return TUNNELS[self.carrier] or None

    def to_dict(self) -> dict[str, Any]:
        """All its fields by name, for JSON (flow_columns.py says what each is)."""
        from fyke.conversations.flow_columns import to_dict
        return to_dict(self)

    @property
    def opened_by(self) -> str:
        """How it is known who opened: by "syn", "syn-ack", the well-known "port", or the
        "first" packet.
        """
        return OPENINGS[self.opening]

    @property
    def ended_by(self) -> str:
        """Why the record ended: "end" of the packets, "idle", "active", "memory", "reused";
        empty while it has not.
        """
        return ENDINGS[self.ending]

    @property
    def packets(self) -> int:
        return self.a.packets + self.b.packets

    @property
    def bytes(self) -> int:
        return self.a.bytes + self.b.bytes

    @property
    def troubled(self) -> bool:
        """Whether something was sent again, out of order, lost, or refused for want of room."""
        return troubles(self.a) or troubles(self.b)

    @property
    def duration(self) -> int:
        """Nanoseconds between the first and the last packet."""
        return self.end - self.start

    @property
    def state(self) -> str:
        """Of TCP: "opening" (SYN only), "answered" (SYN-ACK too), "open", "closing" (one FIN),
        "closed" (both), "reset". Of others: "one-way" or "both-ways".
        """
        a, b = self.a, self.b
        if self.proto != 6:
            return "both-ways" if a.packets and b.packets else "one-way"
        if (a.flags | b.flags) & RST:
            return "reset"
        if a.flags & b.flags & FIN:
            return "closed"
        if (a.flags | b.flags) & FIN:
            return "closing"
        if not (a.flags | b.flags) & SYN or (self.sent.flags & ACK and self.received.flags & SYN):
            return "open"
        return "answered" if self.received.flags & SYN else "opening"

    def address(self, of_a: bool) -> str:
        """An end's address as text."""
        high, low = (self.a_high, self.a_low) if of_a else (self.b_high, self.b_low)
        return ipv4_text(low) if self.ports >> 40 == 4 else ipv6_text(high, low)

    def port(self, of_a: bool) -> int | None:
        """An end's port."""
        proto = self.ports >> 32 & 0xFF
        if proto != 6 and proto != 17 and proto not in (33, 132, 136):
            return None
        return int(self.ports >> 16 & 0xFFFF if of_a else self.ports & 0xFFFF)

    def __repr__(self) -> str:
        def end(address: str, port: int | None) -> str:
            return address if port is None else (
                f"[{address}]:{port}" if ":" in address else f"{address}:{port}")

        return (f"<fyke.Flow {self.protocol} {end(self.client, self.client_port)} > "
                f"{end(self.server, self.server_port)} {self.packets} packets {self.bytes} bytes "
                f"{self.state}>")


def troubles(side: Side) -> bool:
    """Whether one end had any."""
    return (side.retransmissions or side.out_of_order or side.duplicate_acks
            or side.zero_windows or side.lost_segments) > 0


def ipv4_text(word: int) -> str:
    """An IPv4 address as four numbers."""
    return f"{word >> 24}.{word >> 16 & 255}.{word >> 8 & 255}.{word & 255}"


def ipv6_text(high: int, low: int) -> str:
    """An IPv6 address as RFC 5952 writes it."""
    packed = (int(high) << 64 | int(low)).to_bytes(16, "big")
    if high == 0 and low >> 32 in (0, 0xFFFF) and low >> 16:  # which it would write as IPv4
        from ipaddress import IPv6Address
        return str(IPv6Address(packed))
    return inet_ntop(AF_INET6, packed)


def by_ports(protocol: str, first: int | None, second: int | None) -> str | None:
    """The name of the first port's layer that there is."""
    if protocol not in ("tcp", "udp"):
        return None
    if not TABLES:
        from fyke.layers.tables import read_rooms, table
        read_rooms()
        TABLES.update(tcp=table("tcp.port"), udp=table("udp.port"))
    known = TABLES[protocol]
    name = None if first is None else known.called(first)
    if name is None and second is not None:
        name = known.called(second)
    return name


def analyse(fwd: Side, rev: Side, seq: int, ack: int, flags: int, window: int, length: int,
            time: int, rtt: int) -> None:
    """Compare a segment with what its sender (``fwd``) and the other end (``rev``) sent before."""
    if not fwd.based:
        fwd.based = True
        fwd.base_seq = seq if flags & SYN else (seq - 1) & WORD
    quiet = flags & (SYN | FIN | RST) == 0
    keep_alive = zero_probe = kept = False
    if length == 1 and fwd.begun and seq == fwd.next_seq and rev.window == 0 and rev.acked:
        zero_probe = True
    else:
        if window == 0 and quiet:
            fwd.zero_windows += 1
        if fwd.begun and before(fwd.next_seq, seq) and not flags & RST:
            fwd.lost_segments += 1
        if length <= 1 and fwd.begun and seq == (fwd.next_seq - 1) & WORD and quiet:
            keep_alive = True
        if length == 0 and quiet and fwd.begun and seq == fwd.next_seq and window == fwd.window:
            if is_answer(fwd, rev, ack, window):
                kept = True
            elif window and fwd.acked and ack == fwd.last_ack:
                fwd.repeated += 1
                fwd.duplicate_acks += 1
    if ack != fwd.last_ack or not fwd.acked:
        fwd.repeated = 0
    if flags & ACK and rev.begun and before(rev.contiguous, ack):
        rev.contiguous = rev.next_seq
    if (length or flags & (SYN | FIN)) and not keep_alive and not zero_probe:
        judge(fwd, rev, seq, flags, length, time, rtt)
    end = (seq + length) & WORD
    if flags & (SYN | FIN):
        end = (end + 1) & WORD
    if not zero_probe:
        if not fwd.begun:
            fwd.contiguous = end
        elif seq == fwd.contiguous:
            fwd.contiguous = end if before(fwd.next_seq, end) else fwd.next_seq
        if not fwd.begun or before(fwd.next_seq, end):
            fwd.next_seq = end
            fwd.next_time = time
            fwd.begun = True
    fwd.window = window
    if flags & ACK:
        fwd.acked = True
    fwd.last_ack = ack
    fwd.ack_time = time
    fwd.kept_alive = keep_alive
    fwd.probed = zero_probe
    if kept:
        fwd.repeated = 0


def is_answer(fwd: Side, rev: Side, ack: int, window: int) -> bool:
    """Whether a segment without payload answers a keep-alive or a probe of a zero window."""
    if rev.kept_alive:
        return window != 0 and ack == fwd.last_ack
    return rev.probed and window == 0 and (
        ack == fwd.last_ack or ack == (fwd.last_ack + 1) & WORD)


def judge(fwd: Side, rev: Side, seq: int, flags: int, length: int, time: int, rtt: int) -> None:
    """Sent again, or out of order: a segment that does not advance the sequence numbers."""
    end = (seq + length) & WORD
    if length and rev.acked and not before(rev.last_ack, end):
        fwd.retransmissions += 1  # needlessly: all of it had been acknowledged
    elif not fwd.begun or not before(seq, fwd.next_seq):
        pass
    elif length > 1 and seq == (fwd.next_seq - 1) & WORD:
        pass  # what a probe of a zero window had begun
    elif rev.repeated >= 2 and rev.last_ack == seq and time - rev.ack_time < FAST:
        fwd.retransmissions += 1
    elif time - fwd.next_time < (rtt if rtt > 0 else REORDERING) and (
            fwd.next_seq != (end + (1 if flags & (SYN | FIN) else 0)) & WORD):
        fwd.out_of_order += 1
    else:
        fwd.retransmissions += 1
