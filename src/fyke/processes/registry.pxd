cdef class Flow:
    cdef readonly list times, claims
    cdef readonly dict live
    cdef readonly object closed, gone
    cdef readonly long long version
