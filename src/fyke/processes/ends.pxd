cimport cython
from fyke.inline cimport Record

cdef int ETHERNET, RAW, SLL, IPV4_ONLY, IPV6_ONLY, SLL2, P_IPV4, P_IPV6, MAX_TAGS
cdef int MAX_EXTENSIONS, ICMP, TCP, UDP, FRAGMENT, ICMP6, AUTHENTICATION, ICMP6_LAST_ERROR
cdef int SYN, RST, ACK


@cython.final
cdef class Ends:
    cdef readonly bytes front, key, local
    cdef readonly int protocol
    cdef readonly bint opening, resets
    cdef dict fragments
    cpdef int clear(self) except -1
    cpdef bytes read(self, Record packet, bint outgoing)
    @cython.locals(kind=int, at=Py_ssize_t, protocol=int, tags=int)
    cdef void link(self, Record packet, bint outgoing) except *
    @cython.locals(length=int, protocol=int, fragment=int, source=bytes, target=bytes, name=bytes)
    cdef void ipv4(self, Record packet, Py_ssize_t at, bint outgoing, bint quoted) except *
    @cython.locals(protocol=int, steps=int, source=bytes, target=bytes, name=bytes)
    cdef void ipv6(self, Record packet, Py_ssize_t at, bint outgoing, bint quoted) except *
    cdef int first(self, bytes name) except -1
    cdef int later(self, bytes name, int protocol) except -1
    @cython.locals(first=int, flags=int, here=bytes, there=bytes, bare=bytes, one=bytes,
                   other=bytes)
    cdef int transport(self, Record packet, Py_ssize_t at, int protocol, bytes source,
                       bytes target, bint outgoing, bint quoted) except -1
    cpdef list unconnected(self)
