cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.layer cimport Layer

cdef unsigned int OPEN, CLOSE, ZERO, NINE
cdef int MAX_DIGITS
cdef dict FACILITY_NAMES
cdef tuple SEVERITY_NAMES

cdef class Syslog(Layer):
    @cython.locals(stop=Py_ssize_t, at=Py_ssize_t, octet="unsigned int")
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record, number="unsigned int", stop=Py_ssize_t, facility=bytes,
                   severity=bytes)
    cpdef void write(self, Line line) except *

@cython.locals(number="unsigned int", unit="unsigned int", at=Py_ssize_t)
cdef unsigned int number_before(Record pkt, Py_ssize_t text_off) except? 0xffffffff
