"""The base of all link types: what a filter may ask of one, and the refusals."""

from __future__ import annotations

from fyke.bpf.instructions import AD_PKTTYPE, SKF_AD_OFF, B, H
from fyke.filter.graph import Statement
from fyke.filter.lowering.directions import check_direction, in_direction
from fyke.filter.lowering.fragment import Fragment, both, negate
from fyke.filter.lowering.generator import LINK, NETWORK_NO_SNAP, TYPE, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.layout import NOWHERE, Start
from fyke.filter.numbers import Sap
from fyke.hints import NoReturn
from fyke.linktypes import LinkType

PACKET_OUTGOING = 4  #: include/uapi/linux/if_packet.h
UNKNOWN = Start(network=NOWHERE, network_no_snap=NOWHERE)


class Link:
    """A link type of which only ``link[…]`` and the packet's length can be asked.

    Subclasses answer more. ``type`` is the row of the table of link types; ``start`` says where
    things are in the packet.
    """

    start = UNKNOWN
    #: "no": ``vlan`` is refused; "packet": the tag is in the packet; "kernel": the outermost tag
    #: of a live Linux capture may be in metadata instead.
    tags = "no"
    #: Dialect fyke: the type field holds an EtherType, behind which VLAN tags may follow.
    may_be_tagged = False
    #: Dialect fyke: the outermost tag of a live Linux capture may be in metadata.
    tag_in_metadata = False
    #: Packets have MAC addresses of 48 bits.
    has_addresses = False
    #: Where, from the link-layer header: source and destination.
    addresses = (0, 0)
    #: The same for addresses of one octet; None: no such addresses.
    short_addresses: tuple[int, int] | None = None
    short_broadcast = 0xFF
    #: The value of the protocol field for MPLS; None: ``mpls`` is refused.
    mpls: int | None = None
    #: From the network header to an ISO network protocol's identifier.
    iso_offset = 0

    def __init__(self, link_type: LinkType, start: Start | None = None) -> None:
        self.type = link_type
        if start is not None:
            self.start = start

    # --- words -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """DLT name and description, for messages."""
        if not self.type.name:
            return f"link type {self.type.number}"
        return f"DLT_{self.type.name} ({self.type.description})"

    def refuse(self, gen: Generator, word: str) -> NoReturn:
        """This word means nothing on this link type."""
        gen.fail(f"'{word}' not supported on {self.name}")

    # --- the protocol inside ---------------------------------------------------------------------

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        """The payload is this protocol (EtherType or LLC service access point)."""
        if gen.layout.type.constant == NOWHERE:
            gen.fail(f"link-layer type filtering not implemented for {self.name}")
        gen.limit("EtherType", protocol, 0xFFFF)
        return gen.equal(TYPE, 0, H, protocol)

    def carries_iso(self, gen: Generator, identifier: int) -> Fragment:
        """The payload is this ISO network protocol."""
        named = gen.equal(NETWORK_NO_SNAP, self.iso_offset, B, identifier)
        return both(carried(gen, Sap.ISO), named)

    def llc(self, gen: Generator) -> Fragment:
        """The frame has an 802.2 LLC header."""
        self.refuse(gen, "llc")

    def carries_snap(self, gen: Generator, organisation: int, protocol: int) -> Fragment:
        """The payload is this protocol of an organisation, behind LLC and SNAP."""
        return gen.always(False)

    # --- addresses -------------------------------------------------------------------------------

    def host(self, gen: Generator, address: bytes, direction: str | None, word: str) -> Fragment:
        """The source or destination is this MAC address."""
        if not self.has_addresses:
            self.refuse(gen, word)
        source, destination = self.addresses
        guard = self.encapsulated(gen)
        check_direction(gen, direction)
        found = in_direction(direction, lambda side: gen.octets(
            LINK, source if side == "src" else destination, address))
        return both(guard, found) if guard else found

    def short_host(self, gen: Generator, address: int, direction: str | None,
                   word: str) -> Fragment:
        """The source or destination is this address of one octet."""
        if self.short_addresses is None:
            self.refuse(gen, word)
        source, destination = self.short_addresses
        check_direction(gen, direction)
        return in_direction(direction, lambda side: gen.equal(
            LINK, source if side == "src" else destination, B, address))

    def broadcast(self, gen: Generator) -> Fragment:
        """The packet goes to everybody on this link."""
        if self.short_addresses is not None:
            return self.short_host(gen, self.short_broadcast, "dst", "broadcast")
        return self.host(gen, b"\xff" * 6, "dst", "broadcast")

    def multicast(self, gen: Generator) -> Fragment:
        """The destination is a group: the lowest bit of its first octet."""
        if not self.has_addresses:
            self.refuse(gen, "multicast")
        guard = self.encapsulated(gen)
        group = gen.any_bit(LINK, self.addresses[1], B, 1)
        return both(guard, group) if guard else group

    def encapsulated(self, gen: Generator) -> Fragment | None:
        """What must be checked before this header is believed to be inside another one."""
        return None

    def around_ethernet(self, gen: Generator) -> Fragment | None:
        """What must be checked before Ethernet is believed to be inside this."""
        return None

    # --- metadata --------------------------------------------------------------------------------

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        """This machine sent the packet, or another one did."""
        if not gen.options.linux_extensions:
            word = "outbound" if outbound else "inbound"
            gen.fail(f"not a live capture, '{word}' not supported on {self.name}")
        sent = gen.equal(LINK, SKF_AD_OFF + AD_PKTTYPE, H, PACKET_OUTGOING)
        return sent if outbound else negate(sent)

    def frame_type(self, gen: Generator, value: int, mask: int) -> Fragment:
        """802.11's frame control has these type and subtype bits."""
        self.refuse(gen, "type/subtype")

    def frame_direction(self, gen: Generator, value: int) -> Fragment:
        """802.11's frame control has these From DS and To DS bits."""
        self.refuse(gen, "dir")

    # --- headers of variable length --------------------------------------------------------------

    def prologue(self, gen: Generator, program: list[Statement]) -> list[Statement]:
        """What computes the run-time parts of the offsets that were used, before ``program``.

        ``program`` is the first block's statements, to which the prologue may jump.
        """
        return []
