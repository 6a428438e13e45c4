cimport cython
from fyke.source cimport Source
from fyke.inline cimport Record


cdef class Tap(Source):
    cdef Source reader
    cdef public object barrier, counters, failure, frames, interface, name, notes, poller
    cdef public object socket, wake
    cdef public bint ended, stopping
    cpdef bint next(self, Record packet) except -1
