cimport cython
from fyke.wire cimport Memory
from fyke.inline cimport Record


@cython.final
cdef class EventRing:
    cdef readonly tuple maps
    cdef readonly Py_ssize_t size
    cdef unsigned long long position
    cdef Memory read_pages
    cdef Record written
    cpdef bint waiting(self) except -1
    cdef int fence(self) except -1
