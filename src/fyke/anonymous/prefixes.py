"""Room anonymous/: addresses replaced so that prefixes stay: the construction of Crypto-PAn.

Two addresses that share their first k bits share k bits afterwards (Xu, Fan, Ammar and Moon,
"Prefix-preserving IP address anonymization", 2002): bit i is flipped or not by a keyed
pseudo-random function of the i bits in front of it. The function here is BLAKE2b with a key
(RFC 7693), in the place of AES.
"""

from __future__ import annotations

import hashlib

#: Addresses whose replacement is remembered.
MEMORY = 1 << 20

#: Prefixes that stay what they are, as text of bits: what they mean is no one's identity.
KEPT_IPV4 = ("1110", "1" * 32, "0" * 32, "01111111")  # multicast, broadcast, none, loopback
KEPT_IPV6 = ("1" * 8, "0" * 128, "0" * 127 + "1", "1111111010")  # multicast, ::, ::1, link-local
KEPT_MAC = ("1" * 48, "0" * 48)


#: The groups that a node joins for each of its addresses, of which they have the last 24 bits.
SOLICITED_NODE = bytes.fromhex("ff0200000000000000000001ff")


class PrefixMap:
    """A keyed one-to-one map of addresses of ``bits`` bits that keeps common prefixes.

    The prefixes in ``kept`` are mapped onto themselves: no bit of the way to them is flipped. The
    first ``fixed_bits`` bits stay in every address.
    """

    def __init__(self, key: bytes, bits: int, kept: tuple[str, ...] = (),
                 fixed_bits: int = 0) -> None:
        own = hashlib.blake2b(key, digest_size=32, person=b"fyke%04d" % bits).digest()
        self.keyed = hashlib.blake2b(digest_size=1, key=own)
        self.bits = bits
        self.fixed_bits = fixed_bits
        self.ways = {word[:size] for word in kept for size in range(len(word))}
        self.kept = kept
        self.known: dict[bytes, bytes] = {}

    def map(self, address: bytes) -> bytes:
        """The replacement of an address of ``bits`` / 8 octets."""
        found = self.known.get(address)
        if found is None:
            if len(self.known) >= MEMORY:
                self.known.clear()
            found = self.known[address] = self.compute(address)
        return found

    def compute(self, address: bytes) -> bytes:
        """As ``map``, from the start."""
        value = int.from_bytes(address, "big")
        bits = f"{value:0{self.bits}b}"
        if any(bits.startswith(word) for word in self.kept):
            return address
        flips = 0
        for size in range(self.bits):
            flips <<= 1
            if size >= self.fixed_bits and bits[:size] not in self.ways:
                flips |= self.coin(bits[:size])
        return (value ^ flips).to_bytes(len(address), "big")

    def coin(self, prefix: str) -> int:
        """The pseudo-random bit for a prefix."""
        function = self.keyed.copy()
        function.update(prefix.encode())
        return function.digest()[0] & 1


class Addresses:
    """The maps for every kind of address under one key."""

    def __init__(self, key: bytes) -> None:
        self.v4 = PrefixMap(key, 32, KEPT_IPV4)
        self.v6 = PrefixMap(key, 128, KEPT_IPV6)
        # The first octet's last two bits say multicast and locally administered: kept with it.
        self.mac = PrefixMap(key, 48, KEPT_MAC, fixed_bits=8)

    def ip(self, address: bytes) -> bytes:
        """The replacement of an IPv4 (4 octets) or IPv6 (16 octets) address.

        The interface half of a link-local address, often made of a MAC address, is replaced too,
        and what a solicited-node group has of an address.
        """
        if len(address) == 4:
            return self.v4.map(address)
        if address[:2] >= b"\xfe\x80" and address[:2] <= b"\xfe\xbf":
            return address[:8] + self.v6.map(b"\x20\x01" + bytes(6) + address[8:])[8:]
        if address.startswith(SOLICITED_NODE):
            return address[:13] + self.v6.map(b"\x20\x01" + bytes(11) + address[13:])[13:]
        return self.v6.map(address)
