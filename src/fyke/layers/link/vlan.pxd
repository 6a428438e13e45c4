cimport cython
from fyke.layers.link.frame cimport Frame
from fyke.inline cimport Line, Record

cdef int TAG_LENGTH, CONTROL, TYPE, PRIORITY, DROP_ELIGIBLE, ID

cdef class Vlan(Frame):
    @cython.locals(below=Frame)
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(control="unsigned int")
    cpdef void write(self, Line line) except *
