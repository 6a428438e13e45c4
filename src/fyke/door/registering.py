"""Room door/: a protocol of one's own, looked at before the first packet meets it."""

from __future__ import annotations

from typing import Any

from fyke import arguments
from fyke.errors import UsageError, WrongType
from fyke.layers import tables
from fyke.layers.layer import Layer

#: The largest number that a table is asked for; of the others it is 16 bits.
LARGEST = {
    "link_type": arguments.LARGEST_LINK_TYPE, "ip.proto": 255, "ip4.proto": 255, "ip6.proto": 255,
    "igmp.type": 255, "llc.sap": 255, "nlpid": 255, "slow.subtype": 255, "appletalk": 255,
    "llc": 0, "ipx": 0, "radius.eap": 0,  # one entry: what comes where there is nothing to ask
}
SIXTEEN_BITS = 0xFFFF


def register(table: str, key: int, layer: type[Layer]) -> None:
    """See ``api.register``."""
    known = tables.names()
    if arguments.text("table", table) not in known:
        raise UsageError(f"no protocol reads a table {table!r}; there are {', '.join(known)}")
    number = arguments.whole("key", key, 0, LARGEST.get(table, SIXTEEN_BITS))
    check(layer)
    tables.table(table).add(number, layer, first=True)


def check(layer: Any) -> None:
    """UsageError for what can decode no packet: found here, or with every packet that comes."""
    if not isinstance(layer, type) or not issubclass(layer, Layer):
        raise WrongType("layer must be a class that derives from fyke.Layer, not "
                        + (layer.__name__ if isinstance(layer, type) else arguments.kind(layer)))
    for name, kind in (("name", str), ("alias", str), ("tag", bytes), ("link_layer", bool)):
        if not isinstance(getattr(layer, name), kind):
            raise WrongType(f"{layer.__name__}.{name} must be {kind.__name__}, not "
                            f"{arguments.kind(getattr(layer, name))}")
    for name in ("fields", "addresses"):
        words = getattr(layer, name)
        if not isinstance(words, (tuple, list)) or not all(isinstance(one, str) for one in words):
            raise WrongType(f"{layer.__name__}.{name} must be a tuple of names, as in "
                            f"{name} = (\"x\",)")
    try:
        layer()
    except Exception as error:
        raise UsageError(f"{layer.__name__}() must make a layer without arguments, as for every "
                         f"packet; it raises {type(error).__name__}: {error}") from error
