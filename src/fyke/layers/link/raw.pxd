cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.layer cimport Layer

cdef int IPV4, IPV6

cdef class Raw(Layer):
    cdef public unsigned int family
    cpdef void clear(self) except *
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cdef void carry(self, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *

cdef class RawIPv4(Raw):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *

cdef class RawIPv6(Raw):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
