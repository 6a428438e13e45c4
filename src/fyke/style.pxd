cimport cython


@cython.final
cdef class Style:
    cdef public int verbose, numeric, quiet
    cdef public bint link_level, absolute_seq, no_checksums, no_domains
    cdef public bint as_dot, draft_mesh, no_guessing, one_line, suppress_default
    cdef public object names
