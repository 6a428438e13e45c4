cimport cython
from fyke.columns.capsules cimport Batch
from fyke.columns.vector cimport Vector
from fyke.inline cimport Line

cdef int NUMBER, SIGNED, TRUTH, CODE, VALUE


@cython.final
cdef class Texts:
    cdef str form
    cdef list names, before
    cdef bytes after, null
    cdef object encoded
    cdef dict known
    cdef Line line
    @cython.locals(vectors=list, hows=list, words=list, line=Line, vector=Vector, row=Py_ssize_t,
                   number=Py_ssize_t, how=int)
    cpdef str rows(self, Batch batch)
    @cython.locals(known=dict, found=list)
    cdef list spelled(self, Vector vector)
    cdef inline int put(self, Line line, Vector vector, Py_ssize_t row, int how,
                        list words) except -1
