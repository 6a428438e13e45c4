cimport cython
from fyke.stream cimport Source
from fyke.inline cimport Packet


cdef class Tap(Source):
    cdef Source reader
    cdef public object barrier, counters, failure, frames, interface, name, notes, poller
    cdef public object socket, wake
    cdef public bint ended, stopping
    cpdef bint next(self, Packet packet) except -1
