"""Floor 0: what annotations need of ``typing``: importing that is a third of a short run.

Type checkers see the real names. When the program runs, annotations are text that nobody
evaluates, and a NamedTuple is made here: ``collections`` writes and compiles code for each, and
brings half a dozen modules.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True, whatever module it is from

if TYPE_CHECKING:
    from collections import namedtuple as namedtuple
    from collections.abc import Callable as Callable
    from collections.abc import Iterable as Iterable
    from collections.abc import Iterator as Iterator
    from collections.abc import Mapping as Mapping
    from collections.abc import Sequence as Sequence
    from typing import Any as Any
    from typing import ClassVar as ClassVar
    from typing import Final as Final
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
else:
    from _collections import _tuplegetter
    from _collections_abc import (  # noqa: F401
        Callable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    Any = ClassVar = Final = NoReturn = object
    Protocol = object

    def maker(name, fields, defaults):
        """The ``__new__`` of a named tuple."""
        count = len(fields)
        tail = tuple(defaults.values())  # the last fields have them
        make = tuple.__new__

        def __new__(cls, *values, **named):
            if named or len(values) != count:
                values = (*values, *rest(len(values), named))
            return make(cls, values)

        def rest(given, named):
            if not named and count - len(tail) <= given < count:
                return tail[given - count:]
            if given > count:
                raise TypeError(f"{name}() takes {count} arguments, not {given}")
            if unknown := named.keys() - set(fields[given:]):
                raise TypeError(f"{name}() has no argument {sorted(unknown)[0]!r}, or has it twice")
            named = {**defaults, **named}
            if missing := [field for field in fields[given:] if field not in named]:
                raise TypeError(f"{name}() needs {', '.join(missing)}")
            return [named[field] for field in fields[given:]]

        return __new__

    class NamedTupleMethods:
        """What ``collections.namedtuple`` gives its types, beside ``__new__``."""

        def __repr__(self):
            values = ", ".join(map("{}={!r}".format, self._fields, self))
            return f"{type(self).__name__}({values})"

        def __getnewargs__(self):
            return tuple(self)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, /, **named):
            made = self._make(map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"{type(self).__name__} has no {sorted(named)[0]!r}")
            return made

        def _make(cls, values):
            return cls(*values)

    METHODS = {**{name: value for name, value in vars(NamedTupleMethods).items()
                  if callable(value)}, "_make": classmethod(NamedTupleMethods._make)}

    class NamedTupleMeta(type):
        """Makes a class statement into a named tuple, with its docstring, defaults and methods."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.pop("__annotations__"))
            defaults = {field: body.pop(field) for field in fields if field in body}
            getters = {field: _tuplegetter(at, f"field {at}") for at, field in enumerate(fields)}
            return type(name, (tuple,), {
                "__doc__": f"{name}({', '.join(fields)})", "__slots__": (), "_fields": fields,
                "__match_args__": fields, "_field_defaults": defaults,
                "__new__": maker(name, fields, defaults), **METHODS, **getters, **body})

    class NamedTuple(metaclass=NamedTupleMeta):
        """As typing.NamedTuple: fields are the annotations."""

    def namedtuple(name, fields):
        """As collections.namedtuple, of a list of names."""
        return NamedTupleMeta(name, (NamedTuple,), {"__annotations__": dict.fromkeys(fields)})
