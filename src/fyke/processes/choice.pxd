cimport cython
from fyke.source cimport Source
from fyke.inline cimport Record

cdef int TURN


cdef class Chosen(Source):
    cdef readonly object source
    cdef Source packets
    cdef readonly object choice
    cdef bint more
    cdef dict wanted
    @cython.locals(turn=int)
    cpdef bint next(self, Record packet) except -1
