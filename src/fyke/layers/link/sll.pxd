cimport cython
from fyke.layers.layer cimport Layer
from fyke.layers.link.frame cimport Frame
from fyke.inline cimport Line, Packet

cdef int HEADER_LENGTH, HEADER2_LENGTH, P_802_3, P_802_2

cdef class Sll(Frame):
    cdef public unsigned int packet_type, hardware, interface
    cdef public Py_ssize_t address_length, address_off
    cpdef void clear(self) except *
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    @cython.locals(kind="unsigned int")
    cpdef void write_body(self, Line line) except *
    cpdef void write_header(self, Line line) except *
    @cython.locals(kind="unsigned int")
    cpdef void write_protocol(self, Line line) except *
    cpdef Py_ssize_t inner_length(self) except? -1
    @cython.locals(kind="unsigned int")
    cpdef Layer follow(self)

cdef class Sll2(Sll):
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef void write_header(self, Line line) except *

cdef class SllVlan(Sll):
    cdef public unsigned int vlan
    cpdef void clear(self) except *
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef void write_header(self, Line line) except *
