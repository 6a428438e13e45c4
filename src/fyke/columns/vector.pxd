cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from fyke.columns.c_data cimport ArrowArray, load, make_array, mixed, store
from fyke.inline cimport Line
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

ctypedef unsigned char u8_t
ctypedef unsigned long long u64_t

cdef Py_ssize_t MOST_ROWS, MOST_OCTETS
cdef u64_t NO_ADDRESS
cdef int FIXED, BITS, OCTETS, BLOCKS, WORDS, LISTS, OBJECTS


@cython.final
cdef class Vector:
    cdef readonly object kind
    cdef int form, width
    cdef readonly Py_ssize_t room, filled, octets, reached
    cdef bint fresh
    cdef readonly Vector child
    cdef dict words
    cdef list known
    cdef u8_t *_marks
    cdef u8_t *_values
    cdef u8_t *_text
    cdef int32_t *_offsets
    cdef int32_t *_slots
    cdef u64_t *_keys
    cdef Py_ssize_t _text_room, _codes, _key_room, slot
    cdef u64_t mask
    cdef int make(self, Py_ssize_t room) except -1
    cdef int allocate(self, Py_ssize_t room) except -1
    cdef int dispose(self) except -1
    @cython.locals(wanted=Py_ssize_t)
    cdef void enlarge(self, Py_ssize_t more) except *
    @cython.locals(room=Py_ssize_t, size=Py_ssize_t)
    cdef int double(self) except -1
    @cython.locals(mask=u64_t, at=u64_t, code=int32_t, key="u64_t *")
    cdef int32_t seek(self, u64_t size, u64_t high, u64_t low) except -1
    @cython.locals(room=Py_ssize_t, mask=u64_t, at=u64_t, code=Py_ssize_t, key="u64_t *")
    cdef int rehash(self) except -1
    @cython.locals(key="u64_t *")
    cdef int reserve(self) except -1
    cdef bint unlearn(self) except -1
    @cython.locals(line=Line, code=Py_ssize_t, key="u64_t *")
    cdef int spell(self) except -1
    @cython.locals(end=Py_ssize_t)
    cdef bytes piece(self, Py_ssize_t start, Py_ssize_t stop)
    @cython.locals(form=int, listed=bint, before=int32_t, child=Vector)
    cdef int export(self, ArrowArray *to, Py_ssize_t rows) except -1
    @cython.locals(made=Vector, row=Py_ssize_t, words=list)
    cdef int export_words(self, ArrowArray *to) except -1
    @cython.locals(bits="u8_t *", row=Py_ssize_t)
    cdef void *packed(self, Py_ssize_t rows) except NULL
    cpdef bint has(self, Py_ssize_t row) except -1
    cdef inline int check(self, Py_ssize_t row) except -1
    @cython.locals(bit=u8_t)
    cdef int mark(self, Py_ssize_t row) except -1
    @cython.locals(width=int, bit=u8_t)
    cpdef int put_number(self, Py_ssize_t row, u64_t value) except -1
    @cython.locals(at=Py_ssize_t)
    cpdef void put_octets(self, Py_ssize_t row, bytes value) except *
    @cython.locals(count=Py_ssize_t)
    cdef int append(self, bytes value) except -1
    @cython.locals(before=int32_t)
    cdef int close_row(self, Py_ssize_t row) except -1
    cpdef int put_address(self, Py_ssize_t row, int size, u64_t high, u64_t low) except -1
    cdef long code_of(self, int size, u64_t high, u64_t low) except -1
    cdef long word_code(self, object key) except -1
    cdef int put_code(self, Py_ssize_t row, long code) except -1
    @cython.locals(form=int)
    cpdef void put(self, Py_ssize_t row, object value) except *
    @cython.locals(child=Vector)
    cdef int put_list(self, Py_ssize_t row, object values) except -1
    cdef int grow(self) except -1
    @cython.locals(before=int32_t, child=Vector)
    cpdef void undo(self, Py_ssize_t row) except *
    cdef void forget(self) except *
    cpdef u64_t number(self, Py_ssize_t row) except? 0xffffffffffffffff
    cpdef tuple stretch(self, Py_ssize_t row)
    cdef bytes octets_at(self, Py_ssize_t start, Py_ssize_t stop)
    @cython.locals(form=int)
    cpdef object value(self, Py_ssize_t row)
    cdef object signed_number(self, object bits)
    @cython.locals(form=int, row=Py_ssize_t, found=dict, words=list)
    cpdef list values(self, Py_ssize_t rows)
    cdef list all_words(self)

cdef u8_t *fresh(size_t size) except NULL
@cython.locals(made="void *")
cdef void *grown(void *old, size_t size) except NULL
@cython.locals(made="void *")
cdef void *shrunk(void *old, size_t size) noexcept
cpdef bytes octets_of(object size, object high, object low)
