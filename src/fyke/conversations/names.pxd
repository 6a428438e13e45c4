cimport cython
from fyke.inline cimport Record

cdef bytes NAME
cdef int MAX_NAMES, LONGEST, MAX_RECORDS

@cython.final
cdef class Names:
    cdef readonly dict known
    @cython.locals(questions=int, answers=int, turn=int, kind="unsigned int", size=Py_ssize_t)
    cpdef void learn(self, Record packet, Py_ssize_t at, Py_ssize_t end) except *
    cpdef object of(self, unsigned long long high, unsigned long long low)
    cdef int forget(self) except -1
    cdef void keep(self, unsigned long long high, unsigned long long low, str name) except *

@cython.locals(turn=int, size="unsigned int")
cdef Py_ssize_t behind_name(Record packet, Py_ssize_t at) except -1
@cython.locals(begin=Py_ssize_t, labels=Py_ssize_t, size="unsigned int")
cdef Py_ssize_t plain_length(Record packet, Py_ssize_t at) except -1
@cython.locals(turn=int, size="unsigned int", said=Py_ssize_t)
cdef str domain(Record packet, Py_ssize_t at, Py_ssize_t start)
@cython.locals(first="unsigned int", second="unsigned int")
cpdef str recognise(Record packet, Py_ssize_t at, Py_ssize_t end, unsigned int proto)
