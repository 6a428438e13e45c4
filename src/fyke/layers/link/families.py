"""Address families as link types carry them: BSD's, Linux's, and the protocol of each."""

from __future__ import annotations

#: BSD's AF_ numbers (print-null.c, af.c); IPv6 has one on each of them.
BSD_NAMES = {2: b"IPv4", 6: b"NS", 7: b"ISO", 16: b"Appletalk", 23: b"IPX", 24: b"IPv6",
             28: b"IPv6", 30: b"IPv6"}
BSD_ETHERTYPES = {2: 0x0800, 24: 0x86DD, 28: 0x86DD, 30: 0x86DD}
LINUX_NAMES = {2: b"IPv4", 10: b"IPv6"}
LINUX_ETHERTYPES = {2: 0x0800, 10: 0x86DD}
