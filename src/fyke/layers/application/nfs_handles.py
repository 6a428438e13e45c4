"""NFS file handles: guesses at which system made one (tcpdump: parsenfsfh.c).

A handle is opaque to everybody but its server; what device and file it means depends on that
server's system, which the octets give away.
"""

from __future__ import annotations

from fyke.wire import Line, Record

LEAST = 16  # octets of a handle that can be guessed at
UNKNOWN = b"Unknown"
SHOWN = 32  # octets of an unknown handle that are shown


def big(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def little(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def guess(handle: bytes) -> str:
    """The system whose handles look like this one, or ""."""
    if len(handle) < LEAST:
        return ""
    if handle[:2] == b"\0\0":
        if handle[2:4] == b"\0\0":
            return "auspex"
        if handle[4] and handle[5] == 0 and handle[8:10] == b"\x0c\0":
            return "osf"
        return "irix4" if handle[4:8] == b"\0\x08\0\0" else "sunos4"
    if handle[2:4] == b"\0\0":
        if handle[6:8] == b"\0\0":
            return "bsd"
        if len(handle) >= 24 and handle[21] == 0 and handle[23] == 0:
            return "ultrix"
        return "sunos5" if handle[9] == 10 else ""
    if handle[8:10] == b"\x0c\0":
        return "osf"
    if handle[8:10] == b"\0\x0a":
        return "hpux" if handle[4:8] == bytes(4) else "sunos5"
    return "vms" if is_vms(handle) else ""


def is_vms(handle: bytes) -> bool:
    """A device's name, padded with zeros."""
    if len(handle) < 28:
        return False
    name = handle[1:14].rstrip(b"\0")
    return all(32 <= octet < 127 for octet in name)


def decode(handle: bytes, kind: str) -> tuple[int, int, int]:
    """Major and minor number of the device, and the file's inode."""
    file = big(handle[12:16])
    if kind == "auspex":
        return handle[6], handle[7], file
    if kind == "bsd":
        return handle[1], handle[0], little(handle[12:16])
    if kind == "osf":
        device = little(handle[:4])
        return device >> 20, device & 0xFFFFF, little(handle[12:16])
    if kind == "irix4":
        return handle[2], handle[3], big(handle[8:12])
    if kind == "sunos4":
        return handle[2], handle[3], file
    if kind == "sunos5":
        return big(handle[:2]) >> 2, big(handle[1:4]) & 0x3FFFF, file
    if kind == "ultrix":
        return handle[1], handle[0], little(handle[4:8])
    return handle[0], big(handle[1:4]), file  # HP-UX


def write_handle(line: Line, pkt: Record, off: int, words: int) -> None:
    """A handle of ``words`` times four octets; with -u as it is."""
    if line.style.no_guessing:
        line.put(b" fh[%s]" % b":".join(b"%x" % pkt.u32(off + 4 * i) for i in range(words)))
        return
    handle = pkt.raw(off, 4 * words)
    kind = guess(handle)
    if not kind:
        line.put(b" fh %s/" % UNKNOWN[:words])
        line.put(handle[:SHOWN].hex().upper().encode())
    elif kind == "vms":
        name = handle[1:1 + min(words, 64)].split(b"\0", 1)[0].split(b" ", 1)[0]
        line.put(b" fh %s/%d" % (name, big(bytes(
            handle[i] for i in (26, 27, 23, 22)))))
    else:
        line.put(b" fh %d,%d/%d" % decode(handle, kind))
