cimport cython
from fyke.files.output cimport Output
from fyke.inline cimport Line, Record

cdef unsigned int ENHANCED_PACKET


cdef class PcapngWriter(Output):
    cdef readonly int link_type, described
    cdef readonly Py_ssize_t snaplen
    cdef readonly list interfaces
    cdef readonly object section
    cdef readonly bint big
    cdef readonly int sections
    cdef bint own, foreign
    cdef dict numbers, placed
    cdef set processes
    cdef dict lasting
    cdef object describe_new
    cdef readonly object at_end
    cdef readonly dict delivered
    cdef long long counted
    cdef int last, last_link_type, at, number
    @cython.locals(line=Line, time="long long", pad=Py_ssize_t, length=Py_ssize_t, extra=bytes)
    cpdef void add(self, Record packet) except *
    cdef bytes options_of(self, Record packet)
    cdef int use_interface(self, Record packet) except -1
