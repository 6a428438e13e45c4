"""Room columns/: batches in the capsules of Arrow's PyCapsule interface.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html says their names, and
that a capsule which nobody took frees what is in it. A stream asks a Python iterator for its next
batch; what that raises becomes the stream's error, in words, and stays the stream's end.
"""

from __future__ import annotations

from threading import Lock

from fyke.columns.kinds import LISTS, WORDS, Kind
from fyke.columns.vector import Vector
from fyke.errors import UsageError
from fyke.hints import Any

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

SCHEMA, ARRAY, STREAM = b"arrow_schema", b"arrow_array", b"arrow_array_stream"
#: errno of an error in reading, of an interruption, of a stream in use.
EIO, EINTR, EINVAL = 5, 4, 22
NULLABLE = 2  # ARROW_FLAG_NULLABLE


def uncompiled() -> Any:
    """The module that does it with ctypes, whose callbacks need memory that a box may forbid."""
    try:
        from fyke.columns import by_ctypes
    except MemoryError:
        raise UsageError("without its compiled modules fyke hands columns on by ctypes, which the "
                         "box forbids; build fyke with a C compiler, or take --sandbox=off"
                         ) from None
    return by_ctypes


class Batch:
    """Rows of columns: names, types, values. Its memory is its own: no file is behind it."""

    __slots__ = ("kinds", "names", "rows", "vectors")

    vectors: Any  #: None once they were handed on

    def __init__(self, names: list[str], kinds: list[Any], vectors: list[Any], rows: int) -> None:
        if not len(names) == len(kinds) == len(vectors):
            raise UsageError("a batch has as many names and types as columns")
        for kind, vector in zip(kinds, vectors, strict=True):
            if not isinstance(vector, Vector) or vector.kind is not kind or rows > vector.room:
                raise UsageError("a column of a batch has other values than its type says")
        if rows < 0 or not all(isinstance(name, str) for name in names):
            raise UsageError("a batch has rows, and names of columns")
        self.names = list(names)
        self.kinds = list(kinds)
        self.vectors = list(vectors)
        self.rows = rows

    def __len__(self) -> int:
        return self.rows

    def columns(self) -> list[list[Any]]:
        """The values of each column as Python has them; None where there is none."""
        return [vector.values(self.rows) for vector in self.columns_held()]

    def columns_held(self) -> list[Vector]:
        """The vectors. UsageError once they were handed on."""
        if self.vectors is None:
            raise UsageError("this batch was handed on; scan again for another")
        return self.vectors  # type: ignore[no-any-return]

    def __arrow_c_schema__(self) -> Any:
        return schema_capsule(self.names, self.kinds)

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """The batch as (schema, array); it is empty afterwards. UsageError the second time."""
        if self.vectors is None:
            raise UsageError("this batch was handed on; scan again for another")
        if not cython.compiled:
            found = self.__arrow_c_schema__(), uncompiled().array_capsule(self)
            self.vectors = None
            return found
        schema = schema_capsule(self.names, self.kinds)
        return schema, self.capsule()  # type: ignore[attr-defined]

    def capsule(self) -> Any:
        """Compiled: the array in its capsule."""
        to = cython.cast(  # type: ignore
            "ArrowArray *", calloc(1, cython.sizeof(ArrowArray)))  # type: ignore  # noqa: F821
        if to == cython.NULL:
            raise MemoryError
        try:
            self.hand_on(to)
        except BaseException:
            free(to)  # type: ignore  # noqa: F821
            raise
        return PyCapsule_New(to, ARRAY_NAME, drop_array)  # type: ignore  # noqa: F821

    def hand_on(self, to: Any) -> None:
        """Compiled: fill an Arrow array, which has all memory from then on."""
        vectors = self.vectors
        if vectors is None:
            raise UsageError("this batch was handed on; scan again for another")
        self.vectors = None
        if make_array(to, self.rows, 0, 1, len(vectors), 0):  # type: ignore  # noqa: F821
            raise MemoryError
        try:
            for number in range(len(vectors)):
                vector: Vector = vectors[number]
                vector.export(to.children[number], self.rows)
        except BaseException:
            to.release(to)
            raise


class Stream:
    """What is behind a C stream: the columns, and who gives the batches."""

    __slots__ = ("batches", "closed", "error", "kinds", "lock", "names")

    def __init__(self, names: list[str], kinds: list[Any], batches: Any) -> None:
        self.names = names
        self.kinds = kinds
        self.batches = batches
        self.error: bytes | None = None
        self.closed = False
        self.lock = Lock()

    def next(self) -> Any:
        """The next batch, None behind the last. Raises what reading raises."""
        if self.batches is None:
            return None
        for batch in self.batches:
            return batch
        self.close()
        return None

    def close(self) -> None:
        """Let go of the source."""
        batches = self.batches
        self.batches = None
        if hasattr(batches, "close"):
            batches.close()

    def capsule(self) -> Any:
        """The stream in its capsule."""
        if not cython.compiled:
            return uncompiled().stream_capsule(self)
        to = cython.cast("ArrowArrayStream *", calloc(  # type: ignore  # noqa: F821
            1, cython.sizeof(ArrowArrayStream)))  # type: ignore  # noqa: F821
        if to == cython.NULL:
            raise MemoryError
        to.get_schema = stream_schema
        to.get_next = stream_next
        to.get_last_error = stream_error
        to.release = stream_release
        Py_INCREF(self)  # type: ignore  # noqa: F821
        to.private_data = cython.cast("void *", self)  # type: ignore
        return PyCapsule_New(to, STREAM_NAME, drop_stream)  # type: ignore  # noqa: F821

    def failed(self, problem: BaseException) -> int:
        """Remember what went wrong, in words; its errno."""
        words = str(problem) or type(problem).__name__
        if isinstance(problem, KeyboardInterrupt):
            words = "interrupted"
        self.error = words.encode("utf-8", "backslashreplace").replace(b"\0", b"\\0")
        return EINTR if isinstance(problem, KeyboardInterrupt) else EIO


def schema_capsule(names: list[str], kinds: list[Any]) -> Any:
    """The schema of a batch in its capsule: a struct of columns."""
    if not cython.compiled:
        return uncompiled().schema_capsule(names, kinds)
    to = cython.cast("ArrowSchema *", calloc(  # type: ignore  # noqa: F821
        1, cython.sizeof(ArrowSchema)))  # type: ignore  # noqa: F821
    if to == cython.NULL:
        raise MemoryError
    try:
        put_schema(to, names, kinds)
    except BaseException:
        free(to)  # type: ignore  # noqa: F821
        raise
    return PyCapsule_New(to, SCHEMA_NAME, drop_schema)  # type: ignore  # noqa: F821


def put_schema(to: Any, names: list[str], kinds: list[Any]) -> None:
    """Compiled: the struct of columns."""
    if make_schema(to, b"+s", b"", 0, len(names), 0):  # type: ignore  # noqa: F821
        raise MemoryError
    try:
        for number in range(len(names)):
            put_column(to.children[number], names[number], kinds[number])
    except BaseException:
        to.release(to)
        raise


def put_column(to: Any, name: str, kind: Any) -> None:
    """Compiled: the type of one column, or of a list's members."""
    if not isinstance(kind, Kind):
        raise TypeError(f"{kind!r} is no type of a column")
    words = name.encode("utf-8", "backslashreplace")
    form = kind.format.encode()
    listed = kind.form == LISTS
    coded = kind.form == WORDS
    if make_schema(to, form, words, NULLABLE, listed, coded):  # type: ignore  # noqa: F821
        raise MemoryError
    if listed:
        put_column(to.children[0], "item", kind.child)
    if coded and make_schema(to.dictionary, b"u", b"", 0, 0, 0):  # type: ignore  # noqa: F821
        raise MemoryError


# --- what consumers call, compiled: with the GIL taken, and never raising ---

def stream_schema(stream: Any, out: Any) -> int:
    """get_schema."""
    held = cython.cast(Stream, stream.private_data)  # type: ignore
    try:
        put_schema(out, held.names, held.kinds)
    except BaseException as problem:
        return held.failed(problem)  # type: ignore[no-any-return]
    return 0


def stream_next(stream: Any, out: Any) -> int:
    """get_next: an array, a released one behind the last, or an errno."""
    held = cython.cast(Stream, stream.private_data)  # type: ignore
    memset(out, 0, cython.sizeof(ArrowArray))  # type: ignore  # noqa: F821
    if not held.lock.acquire(False):
        held.error = b"this stream is being read by another thread"
        return EINVAL
    try:
        batch: Batch = held.next()
        if batch is not None:
            batch.hand_on(out)
        return 0
    except BaseException as problem:
        return held.failed(problem)  # type: ignore[no-any-return]
    finally:
        held.lock.release()


def stream_error(stream: Any) -> Any:
    """get_last_error."""
    held = cython.cast(Stream, stream.private_data)  # type: ignore
    if held.error is None:
        return cython.NULL
    return PyBytes_AS_STRING(held.error)  # type: ignore  # noqa: F821


def stream_release(stream: Any) -> None:
    """release: also from another thread, and after Python has ended (then nothing is left)."""
    if stream.release == cython.NULL:
        return
    stream.release = cython.NULL
    if Py_IsInitialized():  # type: ignore  # noqa: F821
        let_go(stream.private_data)
    stream.private_data = cython.NULL


def let_go(held: Any) -> None:
    """With the GIL: close the source and give the stream back; perhaps in the middle of an error.
    """
    kind: Any = cython.NULL
    value: Any = cython.NULL
    trace: Any = cython.NULL
    PyErr_Fetch(cython.address(kind), cython.address(value),  # type: ignore  # noqa: F821
                cython.address(trace))  # type: ignore
    finish(cython.cast(Stream, held))  # type: ignore
    PyErr_Restore(kind, value, trace)  # type: ignore  # noqa: F821


def finish(stream: Any) -> None:
    """Nobody reads on."""
    try:
        stream.close()
    except BaseException:
        pass  # nobody is there to be told
    Py_DECREF(stream)  # type: ignore  # noqa: F821


def drop_schema(capsule: Any) -> None:
    """A schema's capsule goes."""
    to = cython.cast("ArrowSchema *", PyCapsule_GetPointer(  # type: ignore  # noqa: F821
        capsule, SCHEMA_NAME))  # type: ignore  # noqa: F821
    if to.release != cython.NULL:
        to.release(to)
    free(to)  # type: ignore  # noqa: F821


def drop_array(capsule: Any) -> None:
    """An array's capsule goes."""
    to = cython.cast("ArrowArray *", PyCapsule_GetPointer(  # type: ignore  # noqa: F821
        capsule, ARRAY_NAME))  # type: ignore  # noqa: F821
    if to.release != cython.NULL:
        to.release(to)
    free(to)  # type: ignore  # noqa: F821


def drop_stream(capsule: Any) -> None:
    """A stream's capsule goes."""
    to = cython.cast("ArrowArrayStream *", PyCapsule_GetPointer(  # type: ignore  # noqa: F821
        capsule, STREAM_NAME))  # type: ignore  # noqa: F821
    if to.release != cython.NULL:
        to.release(to)
    free(to)  # type: ignore  # noqa: F821
