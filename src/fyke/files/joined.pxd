cimport cython
from fyke.source cimport Source
from fyke.inline cimport Record


cdef class Joined(Source):
    cdef readonly object numbering
    cdef readonly list interfaces
    cdef readonly object section
    cdef readonly str format
    cdef readonly bint nanoseconds
    cdef public object carry
    cdef readonly long long count
    cdef public bint swapped


cdef class Sequence(Joined):
    cdef readonly list paths
    cdef object opener
    cdef readonly Py_ssize_t at
    cdef readonly Source current
    cdef list numbers
    cpdef bint next(self, Record packet) except -1
    @cython.locals(source=Source)
    cdef bint step(self, Record packet) except -1


cdef class Merge(Joined):
    cdef readonly list sources, packets, numbers, heap, errors
    cdef readonly bint cut_to_snaplen
    cdef readonly dict late
    cdef Py_ssize_t last
    cdef long long latest
    cdef bint started
    @cython.locals(source=Source, packet=Record)
    cdef bint fetch(self, Py_ssize_t number) except -1
    @cython.locals(number=Py_ssize_t, held=Record, numbers=list)
    cpdef bint next(self, Record packet) except -1
