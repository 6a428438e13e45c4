"""Telnet commands (RFC 854, 855); tcpdump: print-telnet.c. Text between them is not shown."""

from __future__ import annotations

from fyke.layers.fields import Made
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

IAC, SB, SE, WILL, DONT, FIRST = 255, 250, 240, 251, 254, 236
COMMAND_NAMES = (b"EOF", b"SUSP", b"ABORT", b"EOR", b"SE", b"NOP", b"DMARK", b"BRK", b"IP",
                 b"AO", b"AYT", b"EC", b"EL", b"GA", b"SB", b"WILL", b"WONT", b"DO", b"DONT",
                 b"IAC")
OPTION_NAMES = (
    b"BINARY", b"ECHO", b"RCP", b"SUPPRESS GO AHEAD", b"NAME", b"STATUS", b"TIMING MARK", b"RCTE",
    b"NAOL", b"NAOP", b"NAOCRD", b"NAOHTS", b"NAOHTD", b"NAOFFD", b"NAOVTS", b"NAOVTD", b"NAOLFD",
    b"EXTEND ASCII", b"LOGOUT", b"BYTE MACRO", b"DATA ENTRY TERMINAL", b"SUPDUP",
    b"SUPDUP OUTPUT", b"SEND LOCATION", b"TERMINAL TYPE", b"END OF RECORD", b"TACACS UID",
    b"OUTPUT MARKING", b"TTYLOC", b"3270 REGIME", b"X.3 PAD", b"NAWS", b"TSPEED", b"LFLOW",
    b"LINEMODE", b"XDISPLOC", b"OLD-ENVIRON", b"AUTHENTICATION", b"ENCRYPT", b"NEW-ENVIRON")
AUTHENTICATION, ENCRYPT = 37, 38
Names = tuple[bytes, ...]
#: What the first octets of a subnegotiation mean, by option; of all others one.
QUALIFIERS: tuple[Names, ...] = ((b"IS", b"SEND", b"INFO"),)
SUBNEGOTIATIONS: dict[int, tuple[Names, ...]] = {
    AUTHENTICATION: ((b"IS", b"SEND", b"REPLY", b"NAME"),
                     (b"NULL", b"KERBEROS_V4", b"KERBEROS_V5", b"SPX", b"MINK", b"SRP", b"RSA",
                      b"SSL", b"", b"", b"LOKI", b"SSA", b"KEA_SJ", b"KEA_SJ_INTEG", b"DSS",
                      b"NTLM")),
    ENCRYPT: ((b"IS", b"SUPPORT", b"REPLY", b"START", b"END", b"REQUEST-START", b"REQUEST-END",
               b"END_KEYID", b"DEC_KEYID"),
              (b"NULL", b"DES_CFB64", b"DES_OFB64", b"DES3_CFB64", b"DES3_OFB64", b"",
               b"CAST5_40_CFB64", b"CAST5_40_OFB64", b"CAST128_CFB64", b"CAST128_OFB64")),
}
MAX_COMMANDS = 4096  # that ``commands`` lists


class Telnet(Layer):
    """The commands that a segment begins with."""

    __slots__ = ()

    name = "telnet"
    tag = b"telnet"

    commands = Made("list", lambda telnet: telnet.read_commands(),
                    "octets of each whole command, from its IAC on")

    def read_commands(self) -> list[bytes]:
        """The octets of each whole command, from its IAC on."""
        found: list[bytes] = []
        pkt = self.pkt
        at, stop = self.off, min(self.off + self.size, self.pkt.end)
        while at < stop and pkt.u8(at) == IAC and len(found) < MAX_COMMANDS:
            try:
                size = command_length(pkt, at, stop - at)
            except Truncated:  # it is not all there
                break
            if size == 0 or size > stop - at:
                break
            found.append(pkt.raw(at, size))
            at += size
        return found

    def write(self, line: Line) -> None:
        pkt = self.pkt
        at, rest = self.off, self.size
        before = b" [telnet "
        while rest and pkt.u8(at) == IAC:
            size = command_length(pkt, at, rest)
            if size == 0:
                break
            line.put(before)
            write_command(line, pkt, at, size)
            before = b", "
            at += size
            rest = (rest - size) & 0xFFFFFFFF  # one that ends too late; reads end with the capture
        if before == b", ":
            line.char(93)


def command_length(pkt: Record, at: int, rest: int) -> int:
    """Octets of the command at ``at``; 0 if none is there, or not all of it."""
    if rest < 2:
        return 0
    command = pkt.u8(at + 1)
    if command < FIRST:
        return 0
    if command == IAC or not SB <= command <= DONT:
        return 2
    if rest < 3:
        return 0
    pkt.u8(at + 2)
    if command != SB:
        return 3
    end = at + 3
    while rest - 3 > end + 1 - (at + 3):
        if pkt.u8(end) == IAC and pkt.u8(end + 1) == SE:
            break
        end += 1
    if pkt.u8(end) != IAC:
        return 0
    return end + 2 - at


def write_command(line: Line, pkt: Record, at: int, size: int) -> None:
    command = pkt.u8(at + 1)
    if command == IAC:
        line.put(b"IAC IAC")
        return
    line.put(COMMAND_NAMES[command - FIRST])
    if size == 2:
        return
    option = pkt.u8(at + 2)
    line.put(b" " + name_of(OPTION_NAMES, option))
    if command != SB:
        return
    off, stop = at + 3, at + size - 2
    for names in SUBNEGOTIATIONS.get(option, QUALIFIERS):
        if off < stop:
            line.put(b" " + name_of(names, pkt.u8(off)))
            off += 1
    while off < stop:
        line.put(b" " + name_of((), pkt.u8(off)))
        off += 1
    line.put(b" SE")


def name_of(names: Names, number: int) -> bytes:
    """A name, or the number as C's ``%#x`` writes it."""
    if number < len(names) and names[number]:
        return names[number]
    return b"0x%x" % number if number else b"0"
