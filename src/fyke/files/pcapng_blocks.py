"""Room files/: the numbers of pcapng (draft-ietf-opsawg-pcapng): block types and option codes."""

from __future__ import annotations

BYTE_ORDER_MAGIC = 0x1A2B3C4D

# Block types (section 11.1).
SECTION_HEADER = 0x0A0D0D0A  # reads the same in both byte orders
INTERFACE_DESCRIPTION = 1
PACKET = 2  # obsolete
SIMPLE_PACKET = 3
NAME_RESOLUTION = 4
INTERFACE_STATISTICS = 5
ENHANCED_PACKET = 6
SYSTEMD_JOURNAL = 9
DECRYPTION_SECRETS = 10
CUSTOM = 0x00000BAD
CUSTOM_NO_COPY = 0x40000BAD  # says itself that it must not be copied

BLOCK_NAMES = {
    SECTION_HEADER: "section header", INTERFACE_DESCRIPTION: "interface description",
    PACKET: "packet", SIMPLE_PACKET: "simple packet", NAME_RESOLUTION: "name resolution",
    INTERFACE_STATISTICS: "interface statistics", ENHANCED_PACKET: "enhanced packet",
    SYSTEMD_JOURNAL: "systemd journal", DECRYPTION_SECRETS: "decryption secrets",
    CUSTOM: "custom", CUSTOM_NO_COPY: "custom (not to be copied)",
}

#: Octets around every block's body: type and length, length again.
BLOCK_HEADER = 8
BLOCK_OVERHEAD = 12

#: The most octets of one block that are believed (libpcap: 16 MiB, or what a packet of the
#: largest link type and 128 KiB of options need).
MAX_BLOCK = 16 << 20
OPTIONS_ROOM = 128 << 10

# Options of every block (section 3.5).
END_OF_OPTIONS = 0
COMMENT = 1
CUSTOM_STRING = 2988
CUSTOM_BYTES = 2989
CUSTOM_STRING_NO_COPY = 19372
CUSTOM_BYTES_NO_COPY = 19373
NO_COPY = (CUSTOM_STRING_NO_COPY, CUSTOM_BYTES_NO_COPY)

# Options of a section header.
SHB_HARDWARE = 2
SHB_OS = 3
SHB_APPLICATION = 4

# Options of an interface description.
IF_NAME = 2
IF_DESCRIPTION = 3
IF_IPV4_ADDRESS = 4
IF_IPV6_ADDRESS = 5
IF_MAC_ADDRESS = 6
IF_EUI_ADDRESS = 7
IF_SPEED = 8
IF_TSRESOL = 9
IF_TIME_ZONE = 10
IF_FILTER = 11
IF_OS = 12
IF_FCS_LENGTH = 13
IF_TSOFFSET = 14
IF_HARDWARE = 15
IF_TX_SPEED = 16
IF_RX_SPEED = 17

# Options of a packet.
EPB_FLAGS = 2
EPB_HASH = 3
EPB_DROP_COUNT = 4
EPB_PACKET_ID = 5
EPB_QUEUE = 6
EPB_VERDICT = 7
EPB_PROCESS = 8

# Options of interface statistics.
ISB_START = 2
ISB_END = 3
ISB_RECEIVED = 4
ISB_DROPPED = 5
ISB_ACCEPTED = 6
ISB_OS_DROPPED = 7
ISB_DELIVERED = 8

#: The numbers at the beginning of an option's value, as struct codes: what depends on the byte
#: order. By block type, then by code; options not listed are octets.
NUMBERS_OF_ALL = {CUSTOM_STRING: "I", CUSTOM_BYTES: "I", CUSTOM_STRING_NO_COPY: "I",
                  CUSTOM_BYTES_NO_COPY: "I"}
PACKET_NUMBERS = {EPB_FLAGS: "I", EPB_DROP_COUNT: "Q", EPB_PACKET_ID: "Q", EPB_QUEUE: "I",
                  EPB_PROCESS: "II"}
NUMBERS: dict[int, dict[int, str]] = {
    INTERFACE_DESCRIPTION: {IF_SPEED: "Q", IF_TIME_ZONE: "I", IF_TSOFFSET: "q", IF_TX_SPEED: "Q",
                            IF_RX_SPEED: "Q"},
    INTERFACE_STATISTICS: {ISB_START: "II", ISB_END: "II", ISB_RECEIVED: "Q", ISB_DROPPED: "Q",
                           ISB_ACCEPTED: "Q", ISB_OS_DROPPED: "Q", ISB_DELIVERED: "Q"},
    ENHANCED_PACKET: PACKET_NUMBERS,
    PACKET: PACKET_NUMBERS,
}

# Records of a name resolution block.
NRB_END = 0
NRB_IPV4 = 1
NRB_IPV6 = 2
