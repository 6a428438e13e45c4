"""The IP hosts and networks that an expression names: for those who ask what it is about."""

from __future__ import annotations

from fyke.filter import syntax
from fyke.filter.parser import parse
from fyke.filter.resolver import system_resolver

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator

    from fyke.filter.resolver import Resolver

KINDS = (None, "host", "net")
NOT_IP = ("link", "decnet", "atalk", "iso", "isis", "llc", "wlan", "arcnet")
MOST_NAMES = 8  # that are looked up: each may take a while


def named_networks(expression: str, resolver: Resolver | None = None) -> list[str]:
    """Each host and network as ``address/length``, in the expression's order.

    Names are looked up (the first MOST_NAMES); what is no IP network is left out. The expression
    must be one that compiles.
    """
    tree = parse(expression)
    found: list[str] = []
    looked_up = 0
    for node in syntax.postorder(tree) if tree is not None else ():
        if not isinstance(node, syntax.Primitive) or node.qualifiers.kind not in KINDS or (
                node.qualifiers.protocol in NOT_IP):
            continue
        if isinstance(node.id, syntax.Name):
            looked_up += 1
            if looked_up <= MOST_NAMES:
                found += of_name(node.id.text, node.qualifiers.kind,
                                 resolver or system_resolver())
        else:
            found += of_address(node.id)
    return found


def of_address(given: syntax.Id) -> Iterator[str]:
    """What an address or network in numbers is."""
    if isinstance(given, syntax.Dotted):
        yield f"{dotted(given)}/{8 * len(given.parts)}"
    elif isinstance(given, syntax.Prefix):
        yield f"{dotted(given.network)}/{given.length}"
    elif isinstance(given, syntax.Masked):
        yield f"{dotted(given.network)}/{dotted(given.mask)}"
    elif isinstance(given, syntax.Address6):
        yield f"{six(given.value)}/{128 if given.length is None else given.length}"


def of_name(name: str, kind: str | None, resolver: Resolver) -> Iterator[str]:
    """What a host's or a network's name stands for."""
    if kind == "net":
        network = resolver.network(name)
        if network is not None:
            octets = network.to_bytes(4, "big")
            length = 8 * len(octets.rstrip(b"\0"))
            yield f"{'.'.join(map(str, octets))}/{length}"
        return
    four, six_addresses = resolver.hosts(name)
    for address in four:
        yield f"{'.'.join(map(str, address.to_bytes(4, 'big')))}/32"
    for address in six_addresses:
        yield f"{six(address)}/128"


def dotted(given: syntax.Dotted) -> str:
    """Four numbers with dots; those that were left out are 0."""
    return ".".join(map(str, (*given.parts, 0, 0, 0)[:4]))


def six(address: int) -> str:
    """An IPv6 address as eight groups."""
    return ":".join(f"{address >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
