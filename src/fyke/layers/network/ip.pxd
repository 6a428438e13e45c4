cimport cython
from fyke.layers.layer cimport Layer
from fyke.layers.tables cimport Table
from fyke.inline cimport Line, Record

cdef Table PROTOCOLS, PROTOCOLS4, PROTOCOLS6

cdef class IP(Layer):
    cdef public unsigned int family, first, upper
    cdef public Py_ssize_t auth_off
    cdef public bint fragment, carries
    cpdef void clear(self) except *
    @cython.locals(size=Py_ssize_t)
    cpdef void skip_auth(self) except *
    cpdef bint write_auth(self, Line line) except? -1
    cpdef void write_source(self, Line line) except *
    cpdef void write_target(self, Line line) except *
    cpdef unsigned int pseudo_sum(self, unsigned int proto, unsigned int length) except? 0xffffffff
    cpdef void write_hosts_now(self, Line line) except *
    cpdef void write_hosts(self, Line line) except *
    cpdef void write_ends(self, Line line, str transport, unsigned int sport,
                          unsigned int dport) except *
    cdef void choose(self) except *
    cpdef Layer follow(self)
    @cython.locals(proto="unsigned int", other=Table)
    cpdef void write_unknown(self, Line line) except *

@cython.locals(value="unsigned int")
cpdef unsigned int should_be(unsigned int stated, unsigned int total) noexcept
cpdef bint has_ports(unsigned int proto) noexcept
