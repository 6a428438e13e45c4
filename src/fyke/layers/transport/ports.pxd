cimport cython
from fyke.layers.tables cimport Table

cdef class Ports:
    cdef Table _either, _source, _target
    cdef dict _by_source, _by_target
    cdef bytearray _from, _to
    cdef bint _stale
    cpdef void forget(self) except *
    cpdef void gather(self) except *
    @cython.locals(first=tuple, second=tuple, winner=Table)
    cpdef object find(self, unsigned int source, unsigned int target)
