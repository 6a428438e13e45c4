cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.layer cimport Layer

cdef int HEADER_LENGTH

cdef class Null(Layer):
    @cython.locals(family="unsigned int")
    cpdef unsigned int read_family(self) except? 0xffffffff
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    @cython.locals(family="unsigned int")
    cdef void write_header(self, Line line) except *
