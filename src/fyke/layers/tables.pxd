cimport cython

@cython.final
cdef class Table:
    cdef readonly str name
    cdef readonly list watchers
    cdef dict _entries, _ranks
    cdef bytearray _known
    cdef object _last
    cdef long long _last_key
    cpdef object find(self, long long key)
