cdef class Flow:
    cdef readonly list times, claims
    cdef readonly dict live
    cdef readonly object closed
    cdef readonly long long version
