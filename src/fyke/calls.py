"""Floor 1: system calls that Python has no function for, on the C library.

The C half of ctypes is used alone: the Python half costs 2 ms at each start, and makes memory that
is writable and executable at once.
"""

from __future__ import annotations

import os
from _ctypes import (  # type: ignore[attr-defined]
    FUNCFLAG_CDECL,
    FUNCFLAG_USE_ERRNO,
    CFuncPtr,
    _SimpleCData,
    dlopen,
    dlsym,
    get_errno,
)

from fyke.hints import Any


class Long(_SimpleCData):  # type: ignore[type-arg,misc]
    """A C long: what system calls take and return."""

    _type_ = "l"


class Bytes(_SimpleCData):  # type: ignore[type-arg,misc]
    """A char *: points into the bytes that it was made of."""

    _type_ = "z"


class Function(CFuncPtr):  # type: ignore[misc]
    """A function of the C library that takes and returns longs, or takes bytes by their address."""

    _flags_ = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO
    _restype_ = Long


LIBRARY = dlopen(None, 0)  # type: ignore[arg-type]


def function(name: str) -> Any:
    """A function of the C library: a call that fails raises OSError.

    Arguments are ints (C longs), bytes (their address, readable as long as the call lasts) and
    None (a null pointer). The C library's own must return -1 for a failure.
    """
    called: Any = Function(dlsym(LIBRARY, name))

    def call(*arguments: int | bytes | None) -> int:
        result: int = called(*[Long(one) if isinstance(one, int) else one for one in arguments])
        if result & 0xFFFFFFFF == 0xFFFFFFFF:  # an int or a long
            number = get_errno()
            raise OSError(number, os.strerror(number))
        return result

    return call


def pointer(data: Any) -> bytes:
    """The address inside ``Bytes``, as a structure holds it."""
    return bytes(memoryview(data))


syscall = function("syscall")
prctl = function("prctl")
capset = function("capset")
