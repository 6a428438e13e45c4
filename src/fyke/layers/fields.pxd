cimport cython
from fyke.inline cimport Record

cdef Record NOWHERE

cdef class Placed:
    cdef readonly Record pkt
    cdef public Py_ssize_t off

cdef class Field:
    cdef dict __dict__
    cdef readonly Py_ssize_t at, size
    cdef readonly unsigned long long mask
    cdef readonly int shift
    cdef readonly bint little
    cdef readonly str type, words, unit
    cdef readonly object names
    cpdef object read(self, Placed layer)
    cpdef object said(self, object value)
    cpdef object plain(self, object value)

cdef class U8(Field):
    cpdef object read(self, Placed layer)

cdef class U16(Field):
    cpdef object read(self, Placed layer)

cdef class U32(Field):
    cpdef object read(self, Placed layer)

cdef class Number(Field):
    cpdef object read(self, Placed layer)

cdef class Bits(Field):
    cdef readonly unsigned int scale
    @cython.locals(word="unsigned long long", value="unsigned long long")
    cpdef object read(self, Placed layer)

cdef class Flags(Bits):
    cdef readonly dict aliases
    cdef str joint
    cpdef object said(self, object value)

cdef class Ip4(Field):
    cpdef object read(self, Placed layer)
    cpdef object said(self, object value)
    cpdef object plain(self, object value)

cpdef str dotted(unsigned int number)

cdef class Octets(Field):
    cpdef object read(self, Placed layer)

cdef class Ip6(Octets):
    pass

cdef class Mac(Octets):
    pass

cdef class Text(Octets):
    cpdef object read(self, Placed layer)

cdef class Made(Field):
    cdef readonly object make
    cpdef object read(self, Placed layer)

cdef class Listed(Made):
    cdef readonly bint keyed

cdef class Renamed(Field):
    cdef readonly str now
    cpdef object read(self, Placed layer)

cdef class Unmoved(Field):
    cdef str attribute
    cpdef object read(self, Placed layer)
    cpdef object said(self, object value)
    cpdef object plain(self, object value)

cdef dict _SAID, _OLD
cpdef dict fields_of(type kind)
