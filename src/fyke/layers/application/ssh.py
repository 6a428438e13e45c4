"""Secure Shell: the line that a connection begins with (RFC 4253 §4.2), key exchange lists (§7.1).

tcpdump: util-print.c shows the line only; the lists are values.
"""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.application import text_values as values
from fyke.layers.application.text import Banner
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.fields import Made

KEX_INIT = 20  # message number
MOST_OCTETS = 35000  # of a packet (RFC 4253 §6.1)
LISTS = ("kex", "host_key", "encryption_to_server", "encryption_to_client", "mac_to_server",
         "mac_to_client", "compression_to_server", "compression_to_client",
         "languages_to_server", "languages_to_client")
MESSAGES = {1: "disconnect", 2: "ignore", 3: "unimplemented", 4: "debug", 5: "service_request",
            6: "service_accept", 7: "ext_info", 20: "kexinit", 21: "newkeys", 30: "kex_30",
            31: "kex_31", 32: "kex_32", 33: "kex_33", 34: "kex_34"}


class Packet(NamedTuple):
    """A packet that is not encrypted yet."""

    length: int
    number: int
    cursor: Cursor  #: behind the message's number, up to the padding


def first_packet(ssh: Ssh) -> Packet | None:
    """The first packet in the clear, behind the line if there is one; None if none looks so."""
    start = ssh.off
    octets = ssh.text
    if octets.startswith(b"SSH-"):
        end = octets.find(b"\n") + 1
        if end == 0:
            return None
        start += end
    try:
        cursor = Cursor(ssh.pkt, start, ssh.off + ssh.size)
        if cursor.left < 6:
            return None
        length, padding, number = cursor.u32(), cursor.u8(), cursor.u8()
    except Malformed:
        return None
    if number not in MESSAGES or not 4 <= padding <= length - 2 or length > MOST_OCTETS:
        return None
    cursor.stop = min(cursor.stop, start + 4 + length - padding)
    return Packet(length, number, cursor)


def lists_of(ssh: Ssh) -> dict[str, bytes]:
    """The lists of a KEXINIT by name, those that are whole; empty if this is none."""
    packet = first_packet(ssh)
    found: dict[str, bytes] = {}
    if packet is None or packet.number != KEX_INIT:
        return found
    try:
        packet.cursor.step(16)  # cookie
        for name in LISTS:
            found[name] = packet.cursor.raw(packet.cursor.u32())
    except Malformed:
        pass
    return found


def listed(name: str) -> Callable[[Ssh], list[str] | None]:
    def read(ssh: Ssh) -> list[str] | None:
        octets = lists_of(ssh).get(name)
        if octets is None:
            return None
        return values.words(octets).split(",") if octets else []
    return read


def message(ssh: Ssh) -> int | None:
    packet = first_packet(ssh)
    return None if packet is None else packet.number


def hassh_of(direction: str) -> Callable[[Ssh], str | None]:
    """A fingerprint of what one side offers (HASSH, Salesforce 2018, BSD licence)."""
    def read(ssh: Ssh) -> str | None:
        lists = lists_of(ssh)
        wanted = ("kex", f"encryption_{direction}", f"mac_{direction}",
                  f"compression_{direction}")
        if any(name not in lists for name in wanted):
            return None
        offered = b";".join(lists[name] for name in wanted)
        from hashlib import md5  # brings OpenSSL's library: not for a text that shows a banner
        return md5(offered, usedforsecurity=False).hexdigest()
    return read


class Ssh(Banner):
    """The line of text, and the packets that are not encrypted."""

    __slots__ = ()
    name, tag = "ssh", b"ssh"

    protocol_version = Made("text", values.banner(1), "2.0, or 1.99 for both versions")
    software = Made("text", values.banner(2), "the sender's program and comments")
    message = Made("u8", message, "of the first packet in the clear", names=MESSAGES)
    kex = Made("list", listed("kex"), "key exchange methods offered, the best first")
    host_key = Made("list", listed("host_key"), "kinds of host key")
    encryption_to_server = Made("list", listed("encryption_to_server"), "ciphers")
    encryption_to_client = Made("list", listed("encryption_to_client"), "ciphers")
    mac_to_server = Made("list", listed("mac_to_server"), "message authentication codes")
    mac_to_client = Made("list", listed("mac_to_client"), "message authentication codes")
    compression_to_server = Made("list", listed("compression_to_server"))
    compression_to_client = Made("list", listed("compression_to_client"))
    hassh = Made("text", hassh_of("to_server"), "fingerprint of a client's lists")
    hassh_server = Made("text", hassh_of("to_client"), "fingerprint of a server's lists")
