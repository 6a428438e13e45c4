"""Every kind of layer by its name, for whoever names fields in words."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from fyke.hints import Iterable, Iterator
from fyke.layers import plugins
from fyke.layers.layer import Layer, field_of
from fyke.layers.tables import ROOMS, names, table

#: Files of layers that have another name than they; most have the same.
ELSEWHERE = {"ip": ("network.ipv4", "network.ipv6"), "ip6": ("network.ipv6",),
             "ether": ("link.ethernet",)}


def having(name: str, field: str) -> list[type[Layer]]:
    """The kinds of layer of this name or alias that have a field; none for what nobody has.

    "" is a field that all have, as they have ``payload`` and the others of ``layer.EVERY``.
    """
    for place in places(name):
        import_module(f"fyke.layers.{place}")
    return chosen(below(Layer), name, field) or chosen(every(), name, field)


def places(name: str) -> list[str]:
    """Files where layers of a name may be: start-up is felt."""
    if name in ELSEWHERE:
        return list(ELSEWHERE[name])
    if not name.isidentifier() or name[0] == "_":
        return []
    return [f"{room}.{name}" for room in ROOMS if find_spec(f"fyke.layers.{room}.{name}")]


def every() -> list[type[Layer]]:
    """All kinds of layer, after every file of protocols was imported."""
    for room in ROOMS:
        for module in iter_modules(import_module(f"fyke.layers.{room}").__path__):
            import_module(f"fyke.layers.{room}.{module.name}")
    plugins.import_all()
    return [kind for kind in below(Layer) if kind.name != Layer.name]


def class_named(name: str) -> type[Layer] | None:
    """The kind of layer whose class has this name; first those that tables name: start-up is felt.
    """
    for one in names():
        key = table(one).key_named(name)
        if key >= 0:
            return table(one).find(key)
    kinds: list[type[Layer]] = [Layer, *every(), *below(Layer)]
    return next((kind for kind in kinds if kind.__name__ == name), None)


def chosen(among: Iterable[type[Layer]], name: str, field: str) -> list[type[Layer]]:
    """Those of a name or alias that have a field."""
    return [kind for kind in among if name in kind.called()
            and (not field or field_of(kind, field) is not None)]


def below(kind: type[Layer]) -> Iterator[type[Layer]]:
    """All that derive from a kind."""
    for one in kind.__subclasses__():
        yield one
        yield from below(one)
