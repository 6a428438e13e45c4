cimport cython
from fyke.inline cimport Record

ctypedef unsigned long long word_t

cdef int IPV4, IPV6, NOTHING, IN_IP, IN_GRE, IN_VXLAN, IN_GENEVE, IN_OTHER, ASK, BY_VERSION, MAX_TAGS, MAX_EXTENSIONS, MAX_DEPTH
cdef bytearray TUNNEL_PORTS


@cython.final
cdef class Header:
    cdef public int family, proto, vlan, tunnel, depth
    cdef public Py_ssize_t at, payload, end, fragment, offset
    cdef public bint more, is_fragment, cut
    cdef public word_t src_high, src_low, dst_high, dst_low
    cdef public unsigned int ident
    cdef int kind
    cdef Py_ssize_t next_at
    @cython.locals(link=int, family="unsigned int")
    cpdef int begin(self, Record packet) except -1
    cpdef bint step(self, Record packet) except -1
    @cython.locals(at=Py_ssize_t, turn=int, label="unsigned int")
    cdef void tags(self, Record packet) except *
    @cython.locals(first="unsigned int", total=Py_ssize_t, size=Py_ssize_t, place="unsigned int")
    cdef bint ipv4(self, Record packet, Py_ssize_t at) except -1
    @cython.locals(total=Py_ssize_t)
    cdef bint ipv6(self, Record packet, Py_ssize_t at) except -1
    @cython.locals(at=Py_ssize_t, turn=int, size=Py_ssize_t, word="unsigned int")
    cdef bint extensions(self, Record packet) except -1
    @cython.locals(source="unsigned int", target="unsigned int", at=Py_ssize_t)
    cdef void look_inside(self, Record packet) except *
    @cython.locals(kind="unsigned int", where=Py_ssize_t)
    cdef int final_target(self, Record packet, Py_ssize_t at, Py_ssize_t size) except -1
    cdef void datagram(self, Record packet, Py_ssize_t at, unsigned int target) except *
    @cython.locals(flags="unsigned int", kind="unsigned int")
    cdef void gre(self, Record packet, Py_ssize_t at) except *
    cdef int ethernet(self, Record packet, Py_ssize_t at) except -1
    cdef int go_on(self, int kind, Py_ssize_t at, int tunnel) except -1

@cython.locals(first="unsigned int")
cdef int by_version(Record packet, Py_ssize_t at) except -1
