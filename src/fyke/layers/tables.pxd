cimport cython

@cython.final
cdef class ByContent:
    cdef readonly object choose

@cython.final
cdef class Table:
    cdef readonly str name
    cdef readonly list watchers
    cdef dict _entries, _ranks
    cdef bytearray _known
    cdef list _pages
    @cython.locals(page=list)
    cpdef object find(self, long long key)
    cdef object look_up(self, long long key)

cdef bint _ROOMS_READ

cpdef void read_rooms() except *
