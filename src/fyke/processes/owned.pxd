cimport cython
from fyke.live.frame cimport Frames
from fyke.processes.ends cimport Ends
from fyke.processes.registry cimport Flow
from fyke.processes.ring cimport EventRing
from fyke.source cimport Source
from fyke.inline cimport Record

cdef int ETHERNET, SLL2, P_IPV4, P_IPV6, TCP, UDP, SYN, RST


cdef class Owned(Source):
    cdef readonly object tap, watch, registry
    cdef Source packets
    cdef Frames frames
    cdef EventRing ring
    cdef readonly Ends ends
    cdef readonly Record head
    cdef readonly bint holding, outgoing, stamped_here
    cdef readonly long long when
    cdef readonly object patience
    cdef dict told, names, unowned
    cdef tuple recent
    cdef int table
    cpdef bint next(self, Record packet) except -1
    @cython.locals(known=tuple, kind=int, at=Py_ssize_t, protocol=int, flags=int, ports=Py_ssize_t,
                   key=bytes)
    cdef bytes short_key(self, Record packet)
    @cython.locals(flow=Flow)
    cdef bint still(self, tuple known, Record packet) except -1
    cdef bint judge(self, Record packet, bytes key) except -1
