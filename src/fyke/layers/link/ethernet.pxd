cimport cython
from fyke.layers.link.frame cimport Frame
from fyke.inline cimport Line, Record

cdef int HEADER_LENGTH

cdef int HEADER_LENGTH, DST, SRC, TYPE

cdef class Ethernet(Frame):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef bint write_pair(self, Line line) except? -1
    cpdef void write_from(self, Line line) except *
    cpdef void write_to(self, Line line) except *
