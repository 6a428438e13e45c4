"""Room files/: how much of one packet is believed, by link type (libpcap: pcap-common.c)."""

from __future__ import annotations

from fyke.hints import Any

#: The most octets captured of one packet.
MAX_SNAPLEN = 262144

#: Link types whose packets may be larger.
LARGE_SNAPLENS = {
    189: 128 << 20,  # USB_LINUX
    220: 128 << 20,  # USB_LINUX_MMAPPED
    231: 128 << 20,  # DBUS
    249: 128 << 20,  # USBPCAP
    279: 8 << 20,  # EBHSCR
}

#: Link types that old files give by the number of the capturing system's DLT.
OLD_LINK_TYPES = {
    11: 100,  # ATM_RFC1483
    12: 101,  # RAW
}


def max_snaplen(link_type: int) -> int:
    """The largest believable captured length for a LINKTYPE number, in octets."""
    return LARGE_SNAPLENS.get(link_type, MAX_SNAPLEN)


def effective_snaplen(link_type: int, snaplen: int) -> int:
    """A header's snap length; 0 and what no signed 32 bits hold stand for "no limit"."""
    if snaplen == 0 or snaplen > 0x7FFFFFFF:
        return max_snaplen(link_type)
    return snaplen


def modern_link_type(link_type: int) -> int:
    """The LINKTYPE number for the number in a file."""
    return OLD_LINK_TYPES.get(link_type, link_type)


def is_cut_to_snaplen(source: Any) -> bool:
    """Whether no packet of the source is longer than its ``snaplen``.

    Of pcapng files that is the first interface's, of several files the first one's.
    """
    return bool(getattr(source, "cut_to_snaplen", True))


def snaplen_of_copy(source: Any) -> int:
    """A snap length that cuts no packet of the source."""
    return int(source.snaplen) if is_cut_to_snaplen(source) else max_snaplen(source.link_type)
