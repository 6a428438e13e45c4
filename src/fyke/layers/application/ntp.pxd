cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.layer cimport Layer

cdef int TIME_LENGTH, CONTROL_LENGTH, MODE, CONTROL
cdef tuple MODE_NAMES

cdef class Ntp(Layer):
    @cython.locals(mode="unsigned int", count="unsigned int")
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(first="unsigned int", mode="unsigned int")
    cpdef void write(self, Line line) except *
