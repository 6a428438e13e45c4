"""What compiled modules see of wire.py: the same Record and Line, with the common case inline.

Cython calls a method of another module's class through its table of methods, however short it is.
A method that is written here, for a class that exists elsewhere (``extern``), becomes a C function
inside each module that uses it. Each does what the method of its name in wire.py does where
nothing is wrong (the bytes are there, the room is there), and hands everything else to that
method: raising, growing, LineFull and names stay in wire.py.

Nobody but this file, ink.pxd and wire.py may touch ``data`` and ``out``. What wire.pxd has and this
file has not would still work, at the speed of Python: a test compares the two. What depends on
Cython's own names stands in the first block; a Cython that changes them does not compile it.
"""
cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from fyke cimport ink, wire
from fyke.style cimport Style
from fyke.wire cimport Memory, u8_t, u16_t, u32_t, u64_t

cdef extern from *:
    """
    typedef struct __pyx_obj_4fyke_4wire_Record fyke_Record;  /* wire's own struct: one layout */
    typedef struct __pyx_obj_4fyke_4wire_Line fyke_Line;
    static void *__pyx_vtabptr_4fyke_6inline_Record;  /* Cython asks for them; never used */
    static void *__pyx_vtabptr_4fyke_6inline_Line;
    /* Numbers at an address, which C compilers do not always make one load of by themselves. */
    #define fyke_swap (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    static inline uint16_t fyke_16(const unsigned char *at, int swap) {
        uint16_t value;
        memcpy(&value, at, 2);
        return swap ? __builtin_bswap16(value) : value;
    }
    static inline uint32_t fyke_32(const unsigned char *at, int swap) {
        uint32_t value;
        memcpy(&value, at, 4);
        return swap ? __builtin_bswap32(value) : value;
    }
    static inline uint64_t fyke_64(const unsigned char *at, int swap) {
        uint64_t value;
        memcpy(&value, at, 8);
        return swap ? __builtin_bswap64(value) : value;
    }
    struct __pyx_opt_args_4fyke_6inline_6Record_sum16 { int __pyx_n; unsigned int start; };
    struct __pyx_opt_args_4fyke_6inline_4Line_hex { int __pyx_n; int width; };
    """
    int swap "fyke_swap"
    u32_t number16 "fyke_16"(const u8_t *at, int swap) noexcept nogil
    u32_t number32 "fyke_32"(const u8_t *at, int swap) noexcept nogil
    u64_t number64 "fyke_64"(const u8_t *at, int swap) noexcept nogil

    ctypedef class fyke.wire.Record [object fyke_Record, check_size error]:
        cdef const u8_t *base
        cdef const u8_t *data
        cdef object owner
        cdef object whole
        cdef Py_ssize_t size
        cdef Py_ssize_t end, start, caplen
        cdef Py_ssize_t wirelen
        cdef long long time
        cdef int link_type, interface
        cdef u32_t fraction
        cdef object meta

        cdef inline bint has(self, Py_ssize_t off, Py_ssize_t count) noexcept:
            return off >= 0 and count >= 0 and off <= self.end - count

        cdef inline u32_t u8(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off < self.end:
                return self.data[off]
            return (<wire.Record><void *>self).u8(off)

        cdef inline u32_t u16(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off <= self.end - 2:
                return number16(self.data + off, swap)
            return (<wire.Record><void *>self).u16(off)

        cdef inline u32_t u24(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off <= self.end - 3:
                return self.data[off] << 16 | self.data[off + 1] << 8 | self.data[off + 2]
            return (<wire.Record><void *>self).u24(off)

        cdef inline u32_t u32(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off <= self.end - 4:
                return number32(self.data + off, swap)
            return (<wire.Record><void *>self).u32(off)

        cdef inline u64_t u48(self, Py_ssize_t off) except? 0xffffffffffffffff:
            if 0 <= off <= self.end - 6:
                return <u64_t>self.u16(off) << 32 | self.u32(off + 2)
            return (<wire.Record><void *>self).u48(off)

        cdef inline u64_t u64(self, Py_ssize_t off) except? 0xffffffffffffffff:
            if 0 <= off <= self.end - 8:
                return number64(self.data + off, swap)
            return (<wire.Record><void *>self).u64(off)

        cdef inline u32_t le16(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off <= self.end - 2:
                return number16(self.data + off, not swap)
            return (<wire.Record><void *>self).le16(off)

        cdef inline u32_t le24(self, Py_ssize_t off) except? 0xffffffff:
            return (<wire.Record><void *>self).le24(off)

        cdef inline u32_t le32(self, Py_ssize_t off) except? 0xffffffff:
            if 0 <= off <= self.end - 4:
                return number32(self.data + off, not swap)
            return (<wire.Record><void *>self).le32(off)

        cdef inline u64_t le64(self, Py_ssize_t off) except? 0xffffffffffffffff:
            if 0 <= off <= self.end - 8:
                return number64(self.data + off, not swap)
            return (<wire.Record><void *>self).le64(off)

        cdef inline bytes raw(self, Py_ssize_t off, Py_ssize_t count):
            return (<wire.Record><void *>self).raw(off, count)

        cdef inline u32_t sum16(self, Py_ssize_t off, Py_ssize_t count,
                                u32_t start=0) except? 0xffffffff:
            return (<wire.Record><void *>self).sum16(off, count, start)

        cdef inline int narrow(self, Py_ssize_t end) except -1:
            if 0 <= end:
                if end < self.end:
                    self.end = end
                return 0
            return (<wire.Record><void *>self).narrow(end)

        cdef inline int widen(self, Py_ssize_t end) except -1:
            return (<wire.Record><void *>self).widen(end)

        cdef inline int hold(self, object data) except -1:
            return (<wire.Record><void *>self).hold(data)

        cdef inline int place(self, Py_ssize_t start, Py_ssize_t caplen) except -1:
            return (<wire.Record><void *>self).place(start, caplen)

        cdef inline int on(self, Memory memory, Py_ssize_t start, Py_ssize_t caplen) except -1:
            return (<wire.Record><void *>self).on(memory, start, caplen)

        cdef inline int like(self, Record other) except -1:
            return (<wire.Record><void *>self).like(<wire.Record><void *>other)

        cdef inline int take(self, Record other, Py_ssize_t start, Py_ssize_t caplen) except -1:
            if (self.owner is other.owner and start >= 0 and 0 <= caplen <= other.size - start
                    and caplen <= self.size - start):
                self.data = self.base + start
                self.start = start
                self.caplen = caplen
                self.end = caplen
                return 0
            return (<wire.Record><void *>self).take(<wire.Record><void *>other, start, caplen)

    ctypedef class fyke.wire.Line [object fyke_Line, check_size error]:
        cdef bytearray buf
        cdef object pinned
        cdef u8_t *out
        cdef Py_ssize_t pos, size
        cdef Py_ssize_t start, limit
        cdef int depth
        cdef Style style
        cdef object associations, protocol
        cdef Py_ssize_t header
        cdef bint header_open, stopped
        cdef bint length_said

        cdef inline bint fits(self, Py_ssize_t count) noexcept:
            """Whether wire.py's ``room`` would have nothing to do."""
            return self.pos + count <= self.size and self.pos + count - self.start <= self.limit

        cdef inline int char(self, u32_t c) except -1:
            if not self.fits(1):
                return (<wire.Line><void *>self).char(c)
            self.out[self.pos] = c
            self.pos += 1
            return 0

        cdef inline int put(self, bytes text) except -1:
            cdef Py_ssize_t n
            if text is None:
                return (<wire.Line><void *>self).put(text)
            n = PyBytes_GET_SIZE(text)
            if not self.fits(n):
                return (<wire.Line><void *>self).put(text)
            ink.copy(self.out + self.pos, <const u8_t *>PyBytes_AS_STRING(text), n)
            self.pos += n
            return 0

        cdef inline int uint(self, u64_t value) except -1:
            if not self.fits(20):
                return (<wire.Line><void *>self).uint(value)
            self.pos += ink.decimal(self.out + self.pos, value)
            return 0

        cdef inline int sint(self, long long value) except -1:
            return (<wire.Line><void *>self).sint(value)

        cdef inline int hex(self, u64_t value, int width=1) except -1:
            if width > 16 or not self.fits(16):
                return (<wire.Line><void *>self).hex(value, width)
            self.pos += ink.hexadecimal(self.out + self.pos, value, width)
            return 0

        cdef inline int digits(self, u64_t value, int count) except -1:
            if count < 0 or not self.fits(count):
                return (<wire.Line><void *>self).digits(value, count)
            ink.fixed(self.out + self.pos, value, count)
            self.pos += count
            return 0

        cdef inline int ipv4(self, u32_t addr) except -1:
            if not self.fits(15):
                return (<wire.Line><void *>self).ipv4(addr)
            self.pos += ink.dotted(self.out + self.pos, addr)
            return 0

        cdef inline int ipv6(self, Record pkt, Py_ssize_t off) except -1:
            if not pkt.has(off, 16) or not self.fits(46):
                return (<wire.Line><void *>self).ipv6(<wire.Record><void *>pkt, off)
            self.pos += ink.groups(self.out + self.pos, pkt.data + off)
            return 0

        cdef inline int mac(self, Record pkt, Py_ssize_t off) except -1:
            if not pkt.has(off, 6) or not self.fits(17):
                return (<wire.Line><void *>self).mac(<wire.Record><void *>pkt, off)
            ink.colons(self.out + self.pos, pkt.data + off)
            self.pos += 17
            return 0

        cdef inline int rows(self, Record pkt, Py_ssize_t off, Py_ssize_t count, bytes indent,
                             bint text) except -1:
            return (<wire.Line><void *>self).rows(<wire.Record><void *>pkt, off, count, indent,
                                                  text)

        cdef inline int host4(self, u32_t addr) except -1:
            if self.style.names is None:
                return self.ipv4(addr)
            return (<wire.Line><void *>self).host4(addr)

        cdef inline int host6(self, Record pkt, Py_ssize_t off) except -1:
            if self.style.names is None:
                return self.ipv6(pkt, off)
            return (<wire.Line><void *>self).host6(<wire.Record><void *>pkt, off)

        cdef inline int ether(self, Record pkt, Py_ssize_t off) except -1:
            if self.style.names is None:
                return self.mac(pkt, off)
            return (<wire.Line><void *>self).ether(<wire.Record><void *>pkt, off)

        cdef inline int port(self, str transport, u32_t number) except -1:
            if self.style.names is None:
                return self.uint(number)
            return (<wire.Line><void *>self).port(transport, number)

        cdef inline int begin(self) except -1:
            return (<wire.Line><void *>self).begin()

        cdef inline int stop(self) except -1:
            self.stopped = True
            return 0

        cdef inline int resume(self) except -1:
            self.stopped = False
            return 0

        cdef inline int link_header(self, Py_ssize_t end) except -1:
            if self.header_open:
                self.header = end
            return 0

        cdef inline int close_header(self) except -1:
            self.header_open = False
            return 0

        cdef inline int rewind(self, Py_ssize_t pos) except -1:
            return (<wire.Line><void *>self).rewind(pos)

        cdef inline int le32(self, u32_t value) except -1:
            if not self.fits(4):
                return (<wire.Line><void *>self).le32(value)
            self.out[self.pos] = value
            self.out[self.pos + 1] = value >> 8
            self.out[self.pos + 2] = value >> 16
            self.out[self.pos + 3] = value >> 24
            self.pos += 4
            return 0

        cdef inline int be32(self, u32_t value) except -1:
            return (<wire.Line><void *>self).be32(value)

        cdef inline int captured(self, Record pkt) except -1:
            return (<wire.Line><void *>self).captured(<wire.Record><void *>pkt)

        cdef inline int escaped(self, Record pkt, Py_ssize_t off, Py_ssize_t count) except -1:
            return (<wire.Line><void *>self).escaped(<wire.Record><void *>pkt, off, count)

        cdef inline int escape(self, bytes text) except -1:
            return (<wire.Line><void *>self).escape(text)

        cdef inline int hex_string(self, Record pkt, Py_ssize_t off, Py_ssize_t count) except -1:
            return (<wire.Line><void *>self).hex_string(<wire.Record><void *>pkt, off, count)

        cdef inline bytes text(self):
            return (<wire.Line><void *>self).text()
