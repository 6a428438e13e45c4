cimport cython
from fyke.layers.layer cimport Layer
from fyke.inline cimport Line, Record

cdef int HARDWARE, PROTOCOL, OPERATION
cdef int REQUEST, REPLY, REVERSE_REQUEST, REVERSE_REPLY, INVERSE_REQUEST, INVERSE_REPLY
cdef int IPV4, TRAILERS, ATM

cdef class Arp(Layer):
    cdef public Py_ssize_t hardware_size, protocol_size
    cpdef void clear(self) except *
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(half=Py_ssize_t)
    cpdef Py_ssize_t address(self, int number) except? -1
    cpdef bytes octets(self, int number)
    @cython.locals(pkt=Record, hardware="unsigned int", protocol="unsigned int",
                   operation="unsigned int")
    cpdef void write(self, Line line) except *
    cdef void write_length(self, Line line) except *
    cdef bint is_ipv4(self, unsigned int protocol) noexcept
    cdef bint write_operation(self, Line line, unsigned int operation) except? -1
    cdef bint nonzero(self, Py_ssize_t off, Py_ssize_t count) except? -1
    @cython.locals(protocol="unsigned int")
    cdef void write_protocol(self, Line line, int number) except *
    cdef void write_hardware(self, Line line, int number) except *
