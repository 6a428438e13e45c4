cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from fyke.columns.c_data cimport ArrowArray, load, make_array, ones, store
from fyke.columns.words cimport Words, grown, octets_of
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

ctypedef unsigned char u8_t
ctypedef unsigned long long u64_t

cdef Py_ssize_t MOST_ROWS, MOST_OCTETS
cdef int FIXED, BITS, OCTETS, BLOCKS, WORDS, LISTS, OBJECTS


@cython.final
cdef class Vector:
    cdef readonly object kind
    cdef int form, width
    cdef bint numeric
    cdef readonly Py_ssize_t room, octets, reached
    cdef readonly Vector child
    cdef Words words
    cdef dict objects
    cdef u8_t *_marks
    cdef u8_t *_values
    cdef u8_t *_text
    cdef int32_t *_offsets
    cdef Py_ssize_t _text_room
    cdef int make(self, Py_ssize_t room) except -1
    cdef int allocate(self, Py_ssize_t room) except -1
    cdef int dispose(self) except -1
    @cython.locals(wanted=Py_ssize_t)
    cdef void enlarge(self, Py_ssize_t more) except *
    @cython.locals(room=Py_ssize_t, size=Py_ssize_t)
    cdef int double(self) except -1
    @cython.locals(end=Py_ssize_t)
    cdef bytes piece(self, Py_ssize_t start, Py_ssize_t stop)
    @cython.locals(form=int, listed=bint, nulls=Py_ssize_t, before=int32_t, child=Vector)
    cdef int export(self, ArrowArray *to, Py_ssize_t rows) except -1
    @cython.locals(made=Vector, row=Py_ssize_t, words=list)
    cdef int export_words(self, ArrowArray *to) except -1
    @cython.locals(bits="u8_t *", row=Py_ssize_t)
    cdef void *packed(self, Py_ssize_t rows) except NULL
    cpdef bint has(self, Py_ssize_t row) except -1
    cdef inline int check(self, Py_ssize_t row) except -1
    cdef int mark(self, Py_ssize_t row) except -1
    cpdef Py_ssize_t filled(self, Py_ssize_t rows) except -1
    @cython.locals(width=int)
    cpdef int put_number(self, Py_ssize_t row, u64_t value) except -1
    @cython.locals(at=Py_ssize_t)
    cpdef void put_octets(self, Py_ssize_t row, bytes value) except *
    @cython.locals(count=Py_ssize_t)
    cdef int append(self, bytes value) except -1
    @cython.locals(before=int32_t)
    cdef int close_row(self, Py_ssize_t row) except -1
    cpdef int put_address(self, Py_ssize_t row, int size, u64_t high, u64_t low) except -1
    cdef int put_code(self, Py_ssize_t row, long code) except -1
    @cython.locals(form=int)
    cpdef void put(self, Py_ssize_t row, object value) except *
    @cython.locals(child=Vector)
    cdef int put_list(self, Py_ssize_t row, object values) except -1
    cdef int grow(self) except -1
    @cython.locals(before=int32_t, child=Vector)
    cpdef void undo(self, Py_ssize_t row) except *
    cpdef u64_t number(self, Py_ssize_t row) except? 0xffffffffffffffff
    @cython.locals(bits=u64_t, spare=int)
    cdef Py_ssize_t signed_at(self, Py_ssize_t row) except? -1
    cdef list spelled(self)
    cpdef tuple stretch(self, Py_ssize_t row)
    cdef bytes octets_at(self, Py_ssize_t start, Py_ssize_t stop)
    @cython.locals(form=int)
    cpdef object value(self, Py_ssize_t row)
    cdef object signed_number(self, object bits)
    @cython.locals(form=int, row=Py_ssize_t, found=dict, words=list)
    cpdef list values(self, Py_ssize_t rows)

cdef u8_t *fresh(size_t size) except NULL
@cython.locals(made="void *")
cdef void *shrunk(void *old, size_t size) noexcept


cdef struct Cells:
    u8_t *marks
    u8_t *values
    Py_ssize_t room
    int width


cdef inline int find_cells(Cells *cells, Vector vector) except -1:
    """Where ``put_cell`` writes, until ``forget_cells``: numbers, and codes of words."""
    cells.room = vector.room if vector.numeric or vector.form == WORDS else 0
    cells.marks = vector._marks
    cells.values = vector._values
    cells.width = vector.width
    return 0


cdef inline int forget_cells(Cells *cells) noexcept:
    """The vector is handed on: nothing is written to it any more."""
    cells.room = 0
    return 0


cdef inline bint put_cell(Cells *cells, Py_ssize_t row, u64_t value) noexcept:
    """``mark`` and ``put_number`` or ``put_code`` inside the caller; False for a row that is not
    there, or is in no memory of this kind.
    """
    if row < 0 or row >= cells.room:
        return False
    cells.marks[row >> 3] |= 1 << (row & 7)
    store(cells.values + row * cells.width, cells.width, value)
    return True
