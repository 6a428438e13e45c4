cimport cython


@cython.final
cdef class Clock:
    cdef readonly object offset, resolution
    cdef readonly int link_type
    cdef readonly unsigned int snaplen
    cdef readonly long long multiplier, shift
    cdef readonly unsigned long long limit
    cpdef slow(self, units)
    cpdef long long nanoseconds(self, unsigned long long units) except *
