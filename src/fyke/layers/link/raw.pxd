cimport cython
from fyke.layers.layer cimport Layer
from fyke.inline cimport Line, Packet

cdef int IPV4, IPV6

cdef class Raw(Layer):
    cdef public unsigned int version
    cpdef void clear(self) except *
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef Layer follow(self)

cdef class RawIPv4(Raw):
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *

cdef class RawIPv6(Raw):
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
