cimport cython
from fyke.layers.link.frame cimport Frame
from fyke.inline cimport Line, Packet

cdef int TAG_LENGTH

cdef class Vlan(Frame):
    cdef public unsigned int priority, vlan
    cdef public bint drop_eligible
    cpdef void clear(self) except *
    @cython.locals(word="unsigned int", below=Frame)
    cpdef void parse(self, Packet pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
