"""Room files/: what a file is, told by its first octets."""

from __future__ import annotations

#: Octets that tell every format apart.
LONGEST_HEAD = 12

PCAP_MICROSECONDS = 0xA1B2C3D4
PCAP_NANOSECONDS = 0xA1B23C4D
PCAP_KUZNETZOV = 0xA1B2CD34
PCAP_MAGICS = (PCAP_MICROSECONDS, PCAP_NANOSECONDS, PCAP_KUZNETZOV)

#: What a compressed stream begins with.
COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4",
                b"\xfd7zXZ\x00": "xz"}

#: The suffixes that compressed files are given.
SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".lz4": "lz4", ".xz": "xz"}


def is_pcap(head: bytes) -> bool:
    """Whether a file that begins with these octets is a pcap file."""
    return (int.from_bytes(head[:4], "little") in PCAP_MAGICS
            or int.from_bytes(head[:4], "big") in PCAP_MAGICS)


def is_pcapng(head: bytes) -> bool:
    """Whether a file that begins with these octets is a pcapng file."""
    return head[:4] == b"\n\r\r\n" and head[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a")


def compression_of(head: bytes) -> str:
    """The compression of a file that begins with these octets, "" for none that is known."""
    for magic, name in COMPRESSIONS.items():
        if head.startswith(magic):
            return name
    return ""
