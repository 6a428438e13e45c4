cimport cython
from fyke.files.octets cimport Octets
from fyke.files.pcapng_clock cimport Clock
from fyke.source cimport Source
from fyke.inline cimport Record

cdef unsigned int SECTION_HEADER, INTERFACE_DESCRIPTION
cdef unsigned int PACKET
cdef unsigned int SIMPLE_PACKET
cdef unsigned int ENHANCED_PACKET
cdef unsigned int INTERFACE_STATISTICS
cdef unsigned int BYTE_ORDER_MAGIC
cdef unsigned int COMMENT, EPB_PROCESS, CUSTOM, ENTERPRISE
cdef unsigned int NO_COPY_STRING
cdef unsigned int NO_COPY_BYTES
cdef Py_ssize_t FIRST_COMMENTS
cdef Py_ssize_t RUN
cdef Py_ssize_t ITEM_OVERHEAD
cdef Py_ssize_t MAX_PENDING


cdef class PcapngReader(Source):
    cdef readonly Octets octets
    cdef readonly bint big
    cdef readonly object section, version
    cdef readonly list interfaces
    cdef dict counters, unread, descriptions
    cdef bytes section_body, run
    cdef long long section_end, read_descriptions
    cdef list comments
    cdef bint plain, owned
    cdef Py_ssize_t commented
    cdef public object carry
    cdef public bint bare
    cdef readonly object processes
    cdef public str compression
    cdef list clocks, pending
    cdef Clock clock
    cdef unsigned int clock_id
    cdef Py_ssize_t pending_size
    cdef bint opened, pseudo
    cdef readonly unsigned int length, max_block
    cdef readonly int first
    cdef readonly long long count, untimed, bad_options
    @cython.locals(kind="unsigned int")
    cpdef void open(self) except *
    @cython.locals(octets=Octets, kind="unsigned int")
    cpdef bint next(self, Record packet) except -1
    @cython.locals(octets=Octets, window=Record, pos=Py_ssize_t, filled=Py_ssize_t,
                   done=Py_ssize_t, length=Py_ssize_t)
    cpdef Py_ssize_t skip(self, Record packet, Py_ssize_t count) except -1
    @cython.locals(window=Record, big=bint, length="unsigned int", caplen="unsigned int",
                   interface="unsigned int", trailer="unsigned int")
    cdef Py_ssize_t ordinary(self, Record window, Py_ssize_t pos, Py_ssize_t have) except -1
    @cython.locals(octets=Octets, window=Record, have=Py_ssize_t, end=Py_ssize_t,
                   kind="unsigned int", length="unsigned int", trailer="unsigned int")
    cdef unsigned int block(self) except? 0
    @cython.locals(window=Record, pos=Py_ssize_t, interface="unsigned int", high="unsigned int",
                   low="unsigned int", caplen="unsigned int", wirelen="unsigned int")
    cdef int enhanced(self, Record packet) except -1
    @cython.locals(window=Record, pos=Py_ssize_t, interface="unsigned int", high="unsigned int",
                   low="unsigned int", caplen="unsigned int", wirelen="unsigned int", big=bint,
                   drops="unsigned int")
    cdef int obsolete(self, Record packet) except -1
    @cython.locals(octets=Octets, clock=Clock, units="unsigned long long", room=Py_ssize_t)
    cdef int place(self, Record packet, unsigned int interface, unsigned int high,
                   unsigned int low, unsigned int caplen, unsigned int wirelen) except -1
    @cython.locals(octets=Octets, clock=Clock, wirelen="unsigned int", caplen="unsigned int")
    cdef int simple(self, Record packet) except -1
    @cython.locals(raw=bytes, end=Py_ssize_t)
    cdef object packet_options(self, Py_ssize_t start, Py_ssize_t size)
    @cython.locals(window=Record, big=bint, word="unsigned int", code="unsigned int",
                   length="unsigned int", before="unsigned int")
    cdef Py_ssize_t look_at_options(self, Py_ssize_t pos, Py_ssize_t end) except? -1
    @cython.locals(raw=bytes)
    cdef bint is_run(self, Record window, Py_ssize_t pos, Py_ssize_t end) except -1
    @cython.locals(window=Record, pos=Py_ssize_t, number="unsigned int", body=bytes)
    cdef bint put_aside(self) except -1
    @cython.locals(window=Record, pos=Py_ssize_t)
    cdef bint is_ours(self) except -1
    @cython.locals(body=bytes, wanted=bint)
    cdef void other(self, unsigned int kind) except *
    @cython.locals(octets=Octets, window=Record, pos=Py_ssize_t, length="unsigned int")
    cdef int look_at_section(self) except -1
    cdef void begin_section(self, bytes body) except *
    cdef int hand_on(self, object item) except -1
    cdef int add_interface(self, bytes body) except -1
    cdef int use_clock(self, unsigned int interface) except -1
    cdef int fixed(self, unsigned int size) except -1
    cdef unsigned int torn(self, Py_ssize_t wanted, Py_ssize_t got) except? 0
