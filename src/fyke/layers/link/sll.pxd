cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.link.frame cimport Frame

cdef int HEADER_LENGTH, HEADER2_LENGTH, TAG_LENGTH, P_802_3, P_802_2

cdef class Cooked(Frame):
    @cython.locals(kind="unsigned int")
    cpdef void carry(self) except *
    @cython.locals(kind="unsigned int")
    cpdef void write_body(self, Line line) except *
    cpdef void write_header(self, Line line) except *

cdef class Sll(Cooked):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cdef void settle(self, Py_ssize_t header) except *
    cpdef void write(self, Line line) except *
    cpdef void write_header(self, Line line) except *
    @cython.locals(kind="unsigned int")
    cpdef void write_protocol(self, Line line) except *

cdef class Sll2(Sll):
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef void write_header(self, Line line) except *

cdef class SllVlan(Cooked):
    @cython.locals(kind="unsigned int")
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef void write_header(self, Line line) except *
