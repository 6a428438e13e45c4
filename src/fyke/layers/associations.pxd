from fyke.inline cimport Line
from fyke.layers.transport.flows cimport Flows
cimport cython


cdef class Associations:
    cdef readonly Flows flows
    cdef readonly dict kept
    cpdef Flows conversations(self)

@cython.locals(found=Associations)
cpdef Associations associations_of(Line line)
