cimport cython
from cpython.bytes cimport PyBytes_AS_STRING
from fyke.inline cimport Record

ctypedef unsigned char u8_t
ctypedef unsigned int u32_t
ctypedef long long i64_t
ctypedef u32_t Memory[16]

cdef int NO_METADATA


@cython.final
cdef class Machine:
    cdef readonly tuple instructions
    cdef object owner
    cdef const u32_t *code
    cdef int hold(self, list words) except -1
    @cython.locals(code="const u32_t *", data="const u8_t *", have=Py_ssize_t, a=u32_t, x=u32_t,
                   k=u32_t, op=u32_t, at=Py_ssize_t, off=i64_t, jumps=int, mask=u32_t,
                   memory=Memory)
    cpdef u32_t run(self, Record packet) except? 0xffffffff
    cdef i64_t seek(self, Record packet, i64_t off, int size) except *
    cdef i64_t ask(self, Record packet, u32_t k, u32_t a, u32_t x) except *
    cdef bint wraps(self, Record packet) except -1
