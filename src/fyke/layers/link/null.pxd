cimport cython
from fyke.layers.layer cimport Layer
from fyke.inline cimport Line, Packet

cdef int HEADER_LENGTH

cdef class Null(Layer):
    cdef public unsigned int family
    cpdef void clear(self) except *
    @cython.locals(family="unsigned int")
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cdef void write_header(self, Line line) except *
    cpdef Layer follow(self)
