cimport cython
from fyke.layers.network.ip cimport IP, has_ports
from fyke.inline cimport Line, Record

cdef int AUTHENTICATION, HEADER_LENGTH, MAX_LENGTH, LENGTH, NEXT, HOPS, SRC, DST
cdef int HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS, MOBILITY_OLD, MOBILITY, TCP, UDP

cdef class IPv6(IP):
    cdef public Py_ssize_t real_length
    cpdef void clear(self) except *
    @cython.locals(total=Py_ssize_t, proto="unsigned int")
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(proto="unsigned int", at=Py_ssize_t, size=Py_ssize_t, jumbo=Py_ssize_t)
    cdef void walk(self, Record pkt, Py_ssize_t off) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, version="unsigned int", stated=Py_ssize_t)
    cpdef void write(self, Line line) except *
    cdef void write_excess(self, Line line, Py_ssize_t total) except *
    @cython.locals(word="unsigned int")
    cdef void write_header(self, Line line, Py_ssize_t stated) except *
    @cython.locals(pkt=Record, off=Py_ssize_t, at=Py_ssize_t, size=Py_ssize_t,
                   proto="unsigned int")
    cdef void write_extensions(self, Line line, Py_ssize_t stated) except *
    cdef Py_ssize_t write_extension(self, Line line, unsigned int proto, Py_ssize_t at,
                                    Py_ssize_t stated) except? -1
    @cython.locals(size=Py_ssize_t)
    cdef Py_ssize_t write_hop_by_hop(self, Line line, Py_ssize_t at, Py_ssize_t stated) except? -1
    @cython.locals(pkt=Record, word="unsigned int")
    cdef Py_ssize_t write_fragment(self, Line line, Py_ssize_t at, Py_ssize_t stated) except? -1
    cpdef void write_source(self, Line line) except *
    cpdef void write_target(self, Line line) except *
    @cython.locals(pkt=Record, target=Py_ssize_t, total="unsigned int")
    cpdef unsigned int pseudo_sum(self, unsigned int proto, unsigned int length) except? 0xffffffff

cdef bint is_extension(unsigned int proto) noexcept
