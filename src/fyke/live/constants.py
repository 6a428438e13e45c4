"""live: numbers of the Linux packet socket that Python's socket module does not have.

Each group names the kernel header that it comes from. The layouts are the structs of those
headers in host byte order, for struct and for reads from the ring.
"""

from __future__ import annotations

import struct

# include/uapi/asm-generic/socket.h (the same on every architecture that Python is built for here,
# but alpha, parisc, mips and sparc)
SO_ATTACH_FILTER = 26
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
SO_TIMESTAMPING = 37
SO_LOCK_FILTER = 44
SO_MEMINFO = 55

# include/linux/socket.h
SOL_PACKET = 263

# include/uapi/linux/if_ether.h
ETH_P_ALL = 0x0003
ETH_P_8021Q = 0x8100
ETH_P_8021AD = 0x88A8
ETH_P_NEVER = 0xFFFF  #: reserved (RFC 1701 3): a tap bound to it is given nothing

# include/uapi/linux/if_packet.h: packet types
PACKET_HOST = 0
PACKET_BROADCAST = 1
PACKET_MULTICAST = 2
PACKET_OTHERHOST = 3
PACKET_OUTGOING = 4

# include/uapi/linux/if_packet.h: socket options
PACKET_ADD_MEMBERSHIP = 1
PACKET_DROP_MEMBERSHIP = 2
PACKET_RX_RING = 5
PACKET_STATISTICS = 6
PACKET_AUXDATA = 8
PACKET_VERSION = 10
PACKET_RESERVE = 12
PACKET_TIMESTAMP = 17
PACKET_FANOUT = 18
PACKET_IGNORE_OUTGOING = 23
PACKET_MR_PROMISC = 1
TPACKET_V3 = 2

FANOUT_MODES = {  #: PACKET_FANOUT_*
    "hash": 0, "lb": 1, "cpu": 2, "rollover": 3, "rnd": 4, "qm": 5,
}
FANOUT_NEW = -1  #: no number of a group (0 is one): have the kernel find one that nobody uses
FANOUT_FLAG_ROLLOVER = 0x1000
FANOUT_FLAG_UNIQUEID = 0x2000
FANOUT_FLAG_IGNORE_OUTGOING = 0x4000

# include/uapi/linux/if_packet.h: status of a ring's block and frame
TP_STATUS_KERNEL = 0
TP_STATUS_USER = 1
TP_STATUS_VLAN_VALID = 1 << 4
TP_STATUS_VLAN_TPID_VALID = 1 << 6

PACKET_MREQ = struct.Struct("@iHH8s")  #: struct packet_mreq
TPACKET_REQ3 = struct.Struct("@7I")  #: struct tpacket_req3
TPACKET_STATS_V3 = struct.Struct("@3I")  #: struct tpacket_stats_v3
TPACKET_AUXDATA = struct.Struct("@3I4H")  #: struct tpacket_auxdata
SOCK_FILTER = struct.Struct("@HBBI")  #: struct sock_filter, include/uapi/linux/filter.h
SOCK_FPROG = struct.Struct("@HP")  #: struct sock_fprog, include/uapi/linux/filter.h


# include/uapi/linux/sockios.h
SIOCGIFNAME = 0x8910
SIOCGIFFLAGS = 0x8913
SIOCGIFINDEX = 0x8933
SIOCETHTOOL = 0x8946
SIOCSHWTSTAMP = 0x89B0
SIOCGIWNAME = 0x8B01  #: include/uapi/linux/wireless.h
IFREQ = struct.Struct("@16s24s")  #: struct ifreq, include/uapi/linux/if.h
IFNAMSIZ = 16  #: include/uapi/linux/if.h

# include/uapi/linux/if.h
IFF_UP = 0x1
IFF_LOOPBACK = 0x8
IFF_RUNNING = 0x40

# include/uapi/linux/if_arp.h
ARPHRD_ETHER = 1
ARPHRD_LOOPBACK = 772
ARPHRD_NONE = 0xFFFE
