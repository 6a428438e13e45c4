cimport cython
from fyke.inline cimport Line, Record
from fyke.layers.fields cimport Field, Placed, fields_of
from fyke.layers.tables cimport ByContent, Table, read_rooms

cdef int MAX_DEPTH, KEPT_LEVELS

cdef class Layer(Placed):
    cdef public Layer below
    cdef Layer kid, other
    cdef object kept
    cdef list kids
    cdef int level
    cdef public Py_ssize_t size, have
    cdef public bint short, is_link, reused
    cdef public object next
    cdef public Py_ssize_t payload_off, payload_length
    cdef public str decode_as
    cpdef void decode(self) except *
    cpdef void clear(self) except *
    cpdef void parse(self, Record pkt, Py_ssize_t off) except *
    cpdef void write(self, Line line) except *
    cpdef Layer follow(self)
    cpdef void write_next(self, Line line) except *
    @cython.locals(layer=Layer)
    cpdef Layer child(self, object kind, Py_ssize_t off, Py_ssize_t length)
    @cython.locals(layer=Layer, place=Py_ssize_t)
    cdef Layer another(self, object kind)
    cpdef Layer at(self, Record pkt, Py_ssize_t off, Py_ssize_t size)

cdef Table LINK_TYPES

@cython.locals(layer=Layer)
cpdef Layer first_layer(Record record)

cdef class Chain:
    cdef Layer first, last
    cdef list found
    cdef Py_ssize_t end
    cdef bint whole
    @cython.locals(last=Layer, layer=Layer)
    cpdef bint step(self) except -1
    cpdef list all(self)
    @cython.locals(layer=Layer, at=Py_ssize_t)
    cpdef Layer called(self, str name)
    @cython.locals(layer=Layer, at=Py_ssize_t)
    cpdef Layer of(self, object kind)
    cdef Layer settled(self, Layer layer)

cdef Layer above(Layer layer)

cdef dict _NAMES
cpdef tuple names_of(object kind)

@cython.locals(chain=Chain)
cpdef Chain chain_of(Record record)

@cython.locals(layer=Layer, depth=int)
cpdef void write_chain(Layer first, Line line) except *

@cython.locals(start=Py_ssize_t)
cpdef void write_packet(Layer first, Line line) except *
