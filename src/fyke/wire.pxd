cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.memoryview cimport PyMemoryView_GET_BUFFER
from fyke cimport ink
from fyke.style cimport Style
from libc.string cimport memcpy, memmove

ctypedef unsigned char u8_t
ctypedef unsigned short u16_t
ctypedef unsigned int u32_t
ctypedef unsigned long long u64_t

cdef extern from *:
    """
    #define load_acquire(at) __atomic_load_n((const unsigned int *)(at), __ATOMIC_ACQUIRE)
    #define store_release(at, n) __atomic_store_n((unsigned int *)(at), (n), __ATOMIC_RELEASE)
    """
    u32_t load_acquire(const u8_t *at) noexcept nogil
    void store_release(u8_t *at, u32_t n) noexcept nogil


@cython.final
cdef class Memory:
    cdef u8_t *base
    cdef object owner
    cdef object whole
    cdef readonly Py_ssize_t size
    cpdef int hold(self, object data) except -1
    cpdef int close(self) except -1
    cpdef u32_t u8(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t host16(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t host32(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t acquire(self, Py_ssize_t off) except? 0xffffffff
    cpdef int hand_over(self, Py_ssize_t off, u32_t value) except -1
    cpdef int put8(self, Py_ssize_t off, u32_t value) except -1
    cpdef int put16(self, Py_ssize_t off, u32_t value) except -1
    cpdef int put32(self, Py_ssize_t off, u32_t value) except -1
    cpdef int move(self, Py_ssize_t start, Py_ssize_t count, Py_ssize_t to) except -1


@cython.final
cdef class Record:
    cdef const u8_t *base
    cdef const u8_t *data
    cdef object owner
    cdef object whole
    cdef Py_ssize_t size
    cdef readonly Py_ssize_t end, start, caplen
    cdef public Py_ssize_t wirelen
    cdef public long long time
    cdef public int link_type, interface
    cdef public u32_t fraction
    cdef public object meta
    cpdef int hold(self, object data) except -1
    cdef int pin(self, object whole) except -1
    cdef int leave(self) except -1
    cpdef int place(self, Py_ssize_t start, Py_ssize_t caplen) except -1
    cpdef int on(self, Memory memory, Py_ssize_t start, Py_ssize_t caplen) except -1
    cpdef int like(self, Record other) except -1
    cpdef int take(self, Record other, Py_ssize_t start, Py_ssize_t caplen) except -1
    cpdef int narrow(self, Py_ssize_t end) except -1
    cpdef int widen(self, Py_ssize_t end) except -1
    cpdef bint has(self, Py_ssize_t off, Py_ssize_t count) noexcept
    cpdef u32_t u8(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t u16(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t u24(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t u32(self, Py_ssize_t off) except? 0xffffffff
    cpdef u64_t u48(self, Py_ssize_t off) except? 0xffffffffffffffff
    cpdef u64_t u64(self, Py_ssize_t off) except? 0xffffffffffffffff
    cpdef u32_t le16(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t le24(self, Py_ssize_t off) except? 0xffffffff
    cpdef u32_t le32(self, Py_ssize_t off) except? 0xffffffff
    cpdef u64_t le64(self, Py_ssize_t off) except? 0xffffffffffffffff
    cpdef bytes raw(self, Py_ssize_t off, Py_ssize_t count)
    @cython.locals(i=Py_ssize_t, stop=Py_ssize_t, total=u64_t)
    cpdef u32_t sum16(self, Py_ssize_t off, Py_ssize_t count, u32_t start=*) except? 0xffffffff

@cython.locals(out=Record)
cpdef Record packet_of(bytes octets, int link_type, long long time, Py_ssize_t wirelen,
                       u32_t fraction, int interface, object meta)


@cython.final
cdef class Line:
    cdef readonly bytearray buf
    cdef object pinned
    cdef u8_t *out
    cdef readonly Py_ssize_t pos, size
    cdef public Py_ssize_t start, limit
    cdef public int depth
    cdef readonly Style style
    cdef public object associations, protocol
    cdef readonly Py_ssize_t header
    cdef readonly bint header_open, stopped
    cdef public bint length_said
    cdef int room(self, Py_ssize_t count) except -1
    @cython.locals(wanted=Py_ssize_t)
    cdef int grow(self, Py_ssize_t count) except -1
    cpdef int begin(self) except -1
    cpdef int rewind(self, Py_ssize_t pos) except -1
    cpdef int stop(self) except -1
    cpdef int resume(self) except -1
    cpdef int link_header(self, Py_ssize_t end) except -1
    cpdef int close_header(self) except -1
    @cython.locals(n=Py_ssize_t)
    cpdef int put(self, bytes text) except -1
    cpdef int le32(self, u32_t value) except -1
    cpdef int be32(self, u32_t value) except -1
    @cython.locals(n=Py_ssize_t)
    cpdef int captured(self, Record pkt) except -1
    cpdef int char(self, u32_t c) except -1
    cpdef int uint(self, u64_t value) except -1
    cpdef int sint(self, long long value) except -1
    cpdef int hex(self, u64_t value, int width=*) except -1
    cpdef int digits(self, u64_t value, int count) except -1
    cpdef int ipv4(self, u32_t addr) except -1
    cpdef int ipv6(self, Record pkt, Py_ssize_t off) except -1
    cpdef int mac(self, Record pkt, Py_ssize_t off) except -1
    @cython.locals(at=Py_ssize_t, n=Py_ssize_t)
    cpdef int rows(self, Record pkt, Py_ssize_t off, Py_ssize_t count, bytes indent,
                   bint text) except -1
    cpdef int host4(self, u32_t addr) except -1
    cpdef int host6(self, Record pkt, Py_ssize_t off) except -1
    cpdef int ether(self, Record pkt, Py_ssize_t off) except -1
    cpdef int port(self, str transport, u32_t number) except -1
    @cython.locals(i=Py_ssize_t, c=u32_t)
    cpdef int escaped(self, Record pkt, Py_ssize_t off, Py_ssize_t count) except -1
    cpdef int escape(self, bytes text) except -1
    cdef int escape_char(self, u32_t c) except -1
    @cython.locals(i=Py_ssize_t)
    cpdef int hex_string(self, Record pkt, Py_ssize_t off, Py_ssize_t count) except -1
    cpdef bytes text(self)
