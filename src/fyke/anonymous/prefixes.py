"""Room anonymous/: addresses replaced so that prefixes stay: the construction of Crypto-PAn.

Two addresses that share their first k bits share k bits afterwards (Xu, Fan, Ammar and Moon,
"Prefix-preserving IP address anonymization", 2002): bit i is flipped or not by a keyed
pseudo-random function of the i bits in front of it. The function here is BLAKE2b with a key
(RFC 7693), in the place of AES: the octets in front of an octet give 256 bits at once, one for each
way to the eight bits of it.
"""

from __future__ import annotations

import hashlib

#: Addresses whose replacement is remembered.
MEMORY = 1 << 20
#: Prefixes of whole octets whose pseudo-random bits are remembered.
PREFIXES = 1 << 16

#: Ways to a bit of an octet, by the bits of it in front; the first of them, 0, does not occur.
COINS = 256

#: Prefixes that stay what they are, as text of bits: what they mean is no one's identity.
KEPT_IPV4 = ("1110", "1" * 32, "0" * 32, "01111111")  # multicast, broadcast, none, loopback
KEPT_IPV6 = ("1" * 8, "0" * 128, "0" * 127 + "1", "1111111010")  # multicast, ::, ::1, link-local
KEPT_MAC = ("1" * 48, "0" * 48)


#: The groups that a node joins for each of its addresses, of which they have the last 24 bits.
SOLICITED_NODE = bytes.fromhex("ff0200000000000000000001ff")


class PrefixMap:
    """A keyed one-to-one map of addresses of ``bits`` bits that keeps common prefixes.

    The prefixes in ``kept`` are mapped onto themselves: no bit of the way to them is flipped. The
    first ``fixed_bits`` bits, whole octets, stay in every address.
    """

    def __init__(self, key: bytes, bits: int, kept: tuple[str, ...] = (),
                 fixed_bits: int = 0) -> None:
        own = hashlib.blake2b(key, digest_size=32, person=b"fyke%04d" % bits).digest()
        self.keyed = hashlib.blake2b(digest_size=COINS // 8, key=own)
        self.bits = bits
        self.fixed = fixed_bits // 8  #: octets
        self.ways = {word[:size] for word in kept for size in range(len(word))}
        self.kept = kept
        self.known: dict[bytes, bytes] = {}
        self.tossed: dict[bytes, int] = {}

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
        bits = f"{int.from_bytes(address, 'big'):0{self.bits}b}"
        if bits.startswith(self.kept):
            return address
        new = bytearray(address)
        for place in range(self.fixed, len(address)):
            new[place] ^= self.flips(address[:place], address[place])
        for size in range(8 * self.fixed, self.bits):
            if bits[:size] not in self.ways:
                break  # what is longer is none either
            at, mask = size >> 3, 128 >> (size & 7)
            new[at] = new[at] & ~mask | address[at] & mask
        return bytes(new)

    def flips(self, before: bytes, octet: int) -> int:
        """The bits that are flipped in the octet that stands behind ``before``."""
        coins = self.coins(before)
        way = octet | 256  # its bits from the top, behind a one: 1 for none, 0b1x for the first …
        flips = 0
        for left in range(8, 0, -1):
            flips = flips << 1 | coins >> (way >> left) & 1
        return flips

    def coins(self, before: bytes) -> int:
        """The pseudo-random bits for the octet behind ``before``, by the way to each."""
        found = self.tossed.get(before)
        if found is None:
            function = self.keyed.copy()
            function.update(before)
            found = int.from_bytes(function.digest(), "big")
            if len(self.tossed) >= PREFIXES:
                self.tossed.clear()
            self.tossed[before] = found
        return found


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
