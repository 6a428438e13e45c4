"""Floor 0: what annotations need of ``typing``: importing that is a third of a short run.

Type checkers see the real names. When the program runs, annotations are text that nobody
evaluates, and a NamedTuple is made by ``collections``.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True, whatever module it is from

if TYPE_CHECKING:
    from typing import Any as Any
    from typing import ClassVar as ClassVar
    from typing import Final as Final
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
else:
    from collections import namedtuple

    Any = ClassVar = Final = NoReturn = object
    Protocol = object

    class NamedTupleMeta(type):
        """Makes a class statement into a named tuple, with its docstring, defaults and methods."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__")
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=NamedTupleMeta):
        """As typing.NamedTuple: fields are the annotations."""
