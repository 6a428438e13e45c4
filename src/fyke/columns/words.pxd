cimport cython
from fyke.columns.c_data cimport mixed
from fyke.inline cimport Line
from libc.stdint cimport int32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset

ctypedef unsigned long long u64_t

cdef u64_t NO_ADDRESS


@cython.final
cdef class Words:
    cdef dict met
    cdef list known
    cdef bint fresh
    cdef int32_t *_slots
    cdef u64_t *_keys
    cdef Py_ssize_t _codes, _key_room, slot
    cdef u64_t mask
    cdef long of_address(self, u64_t size, u64_t high, u64_t low) except -1
    cdef long of_text(self, str word) except -1
    cdef long of_key(self, object key) except -1
    cdef int forget(self) except -1
    cdef list all(self)
    cdef int dispose(self) except -1
    @cython.locals(mask=u64_t, at=u64_t, code=int32_t, key="u64_t *")
    cdef int32_t seek(self, u64_t size, u64_t high, u64_t low) except -1
    @cython.locals(room=Py_ssize_t, mask=u64_t, at=u64_t, code=Py_ssize_t, key="u64_t *")
    cdef int rehash(self) except -1
    @cython.locals(key="u64_t *")
    cdef int reserve(self) except -1
    cdef bint unlearn(self) except -1
    @cython.locals(line=Line, code=Py_ssize_t, key="u64_t *")
    cdef int spell(self) except -1

@cython.locals(made="void *")
cdef void *grown(void *old, size_t size) except NULL
cpdef bytes octets_of(object size, object high, object low)
