cimport cython
from fyke.conversations.header cimport Header
from fyke.inline cimport Record
from fyke.source cimport Source

cdef bytearray TUNNELLED, TUNNEL_PORTS
cdef Py_ssize_t LARGEST, MAX_FRAMES, MAX_OCTETS, MAX_DATAGRAMS, OVERHEAD
cdef long long PATIENCE


@cython.final
cdef class Piece:
    cdef readonly Record frame
    cdef readonly Py_ssize_t payload, start, stop


@cython.final
cdef class Datagram:
    cdef readonly long long begun
    cdef readonly list pieces, covered
    cdef readonly dict by_start
    cdef readonly Piece first
    cdef readonly Py_ssize_t length, octets, cost, previous
    cdef readonly int depth
    cdef readonly bint overlaps
    @cython.locals(at=Py_ssize_t, end=Py_ssize_t, low=Py_ssize_t, high=Py_ssize_t, twice=bint,
                   k0=Py_ssize_t, k1=Py_ssize_t)
    cdef bint cover(self, Py_ssize_t start, Py_ssize_t stop) except -1
    cdef bint complete(self) except -1
    @cython.locals(piece=Piece, stop=Py_ssize_t)
    cdef bytes octets_of(self, str policy)


@cython.final
cdef class Datagrams:
    cdef readonly object policy, waiting, given_up
    cdef readonly Py_ssize_t held
    cdef public bint keeps
    cdef readonly long long fragments, whole, overlapping, dropped, malformed, incomplete
    @cython.locals(start=Py_ssize_t, stop=Py_ssize_t, found=Datagram)
    cpdef object put(self, Record packet, Header header)
    @cython.locals(oldest=Datagram)
    cdef void make_room(self, long long now) except *
    @cython.locals(known=Piece, piece=Piece, overlaps=bint, cost=Py_ssize_t)
    cdef void add(self, Datagram found, Record packet, Header header, Py_ssize_t start,
                  Py_ssize_t stop) except *
    @cython.locals(first=Piece, whole=Record)
    cdef object finish(self, tuple key, Datagram found, Record packet)
    @cython.locals(found=Datagram)
    cdef int forget(self, tuple key) except -1
    @cython.locals(found=Datagram)
    cdef int give_up(self, tuple key) except -1
    @cython.locals(piece=Piece)
    cdef int give_out(self, Datagram found) except -1
    cdef int pass_on(self, Record packet) except -1


@cython.locals(count=Py_ssize_t)
cdef bint same(Piece piece, Record packet, Header header) except -1
cdef tuple key_of(Header header)
@cython.locals(first=Piece, header=Header, frame=Record, front=bytearray, at=Py_ssize_t,
               link=Py_ssize_t, grown=Py_ssize_t, length=Py_ssize_t)
cdef bytes rebuilt(Datagram found, bytes payload, int family)
@cython.locals(link=Py_ssize_t, where=Py_ssize_t, kind=int)
cdef Py_ssize_t next_header_at(bytearray front, Py_ssize_t at, Py_ssize_t fragment) except? -1
@cython.locals(total="unsigned int", at=Py_ssize_t)
cdef bytes checksum(bytearray front, Py_ssize_t start)


cdef class Defragmented(Source):
    cdef readonly Source source
    cdef readonly Datagrams datagrams
    cdef Header header
    cdef object ready, damage
    cdef bint busy
    cpdef bint next(self, Record packet) except -1
    cdef bint next_of_many(self, Record packet) except -1
    cpdef Py_ssize_t skip(self, Record packet, Py_ssize_t count) except -1
    cdef bint keep(self, Record packet) except -1
    cdef bint leftover(self, Record packet) except -1


@cython.locals(proto="unsigned int", head="unsigned int", place="unsigned int", at=Py_ssize_t)
cdef bint is_plain(Record packet) except -1
cdef bint ends_here(Record packet, unsigned int proto, Py_ssize_t at) except -1
