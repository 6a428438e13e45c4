cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.application.quic_ids cimport ConnectionIds
from fyke.layers.layer cimport Layer

cdef unsigned int FIXED_BIT, LONG_HEADER, VERSION_2
cdef int LONGEST, INITIAL, RETRY, RETRY_TAG, SHORT_REST, MAX_TOKEN
cdef tuple TYPE_NAMES, UNNAMED_VERSIONS

cdef class Quic(Layer):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, stop=Py_ssize_t, first="unsigned int")
    cpdef void write(self, Line line) except *

@cython.locals(kind=int)
cdef int long_type(unsigned int first, unsigned int version) noexcept

@cython.locals(found=ConnectionIds)
cdef ConnectionIds known_ids(Line line)

@cython.locals(size=Py_ssize_t, ident=bytes)
cdef Py_ssize_t put_id(Line line, Record pkt, Py_ssize_t off, bytes label) except -1

cdef Py_ssize_t variable_size(Record pkt, Py_ssize_t off) except -1

@cython.locals(size=Py_ssize_t)
cdef Py_ssize_t variable(Record pkt, Py_ssize_t off) except -1

@cython.locals(version="unsigned int", kind=int, size=Py_ssize_t)
cdef Py_ssize_t write_long(Line line, Record pkt, Py_ssize_t off, Py_ssize_t stop) except -1

cdef int write_token(Line line, Record pkt, Py_ssize_t off, Py_ssize_t size) except -1

@cython.locals(start=bytes, ident=bytes)
cdef Py_ssize_t write_short(Line line, Record pkt, Py_ssize_t off, Py_ssize_t stop) except -1
