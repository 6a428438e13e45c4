cimport cython
from cpython.exc cimport PyErr_CheckSignals
from fyke.bpf.machine cimport Machine
from fyke.columns.vector cimport Vector, put_fixed, put_word
from fyke.inline cimport Record
from fyke.layers.fields cimport Bits, Field
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP
from fyke.layers.tables cimport Table
from fyke.source cimport Source

ctypedef unsigned long long u64_t

cdef int NOTHING, OCTET, SHORT, WORD, NUMBER, ADDRESS4, ADDRESS6, HARDWARE, PROTO, LATE
cdef int NEXT_HEADER
cdef int LAYERED, TIME, WIRE_LENGTH, CAPTURED_LENGTH, INTERFACE, OF_PACKET
cdef int MAX_LAYERS
cdef long long FEW
cdef Py_ssize_t FULL
cdef Table LINKS
cdef bytearray EVERYWHERE, NOWHERE


@cython.final
cdef class Target:
    cdef readonly object wanted, column
    cdef readonly int source
    cdef readonly long long number
    cdef long long row, seen
    cdef readonly Vector vector
    cdef Layer layer
    cdef object quick


@cython.final
cdef class Slot:
    cdef Target target
    cdef Slot next
    cdef Field field
    cdef int how, shift
    cdef Py_ssize_t at, size
    cdef u64_t mask, scale
    cdef bint little, truth
    cdef object quick
    cdef void settle(self, Field field) except *
    @cython.locals(bits=Bits)
    cdef int of_bits(self, object field) except -1


@cython.final
cdef class Plan:
    cdef object kind
    cdef bint needless, doubtful
    cdef Slot first
    cdef Plan usual, other
    cdef bytearray guesses
    @cython.locals(pkt=Record, source="unsigned int", target="unsigned int")
    cdef bint asks(self, Layer layer) except -1


@cython.final
cdef class Filler:
    cdef list targets, chain, plain, whole
    cdef object machines, screens, test, came_from, origin
    cdef long long counted, begun, before, time
    cdef Machine machine, screen
    cdef Record record
    cdef Layer first
    cdef Plan lowest
    cdef dict plans
    cdef int link_type, first_type, screen_type
    cdef Py_ssize_t positive, left
    cdef bint last, pending
    cdef readonly Py_ssize_t rows, room
    cdef readonly long long packets
    @cython.locals(target=Target)
    cpdef int begin(self, Py_ssize_t room) except -1
    @cython.locals(target=Target)
    cpdef list vectors(self)
    @cython.locals(target=Target)
    cpdef list take(self)
    @cython.locals(record=Record, row=Py_ssize_t)
    cpdef bint fill(self, Source source) except -1
    @cython.locals(machine=Machine)
    cdef bint accepts(self, Record record) except -1
    @cython.locals(machine=Machine, wirelen=Py_ssize_t, kept=bint)
    cdef bint leaves_out(self, Record record) except -1
    @cython.locals(target=Target, vector=Vector)
    cdef bint large(self) except -1
    @cython.locals(target=Target)
    cdef int undo(self, Py_ssize_t row) except -1
    @cython.locals(target=Target, source=int)
    cdef inline int packet(self, Record record, Py_ssize_t row) except -1
    @cython.locals(target=Target)
    cdef int ask_packet(self, Record record, Py_ssize_t row) except -1
    cdef int begins(self, int link_type) except -1
    @cython.locals(plan=Plan)
    cdef Plan plan_of(self, object kind)
    cdef inline Plan above(self, Plan plan, Layer layer)
    @cython.locals(layer=Layer, plan=Plan, above=Plan, slot=Slot, depth=int,
                   following=Layer, other=Layer, pair=list)
    cdef int layers(self, Record record, Py_ssize_t row) except -1
    @cython.locals(target=Target)
    cdef inline int meet(self, Slot slot, Layer layer, Py_ssize_t row) except -1
    @cython.locals(record=Record, at=Py_ssize_t, how=int, ip=IP)
    cdef inline int read(self, Slot slot, Vector vector, Layer layer, Py_ssize_t row) except -1
    @cython.locals(size=Py_ssize_t, value=u64_t)
    cdef inline u64_t number(self, Slot slot, Record record, Py_ssize_t at) except? 0xffffffffffffffff
    @cython.locals(target=Target, layer=Layer)
    cdef int ask(self, Py_ssize_t row) except -1
    cdef Layer ask_quickly(self, Target target, Layer layer, Py_ssize_t row)
    @cython.locals(target=Target, layer=Layer, left="long long")
    cdef object from_the_end(self, Target target)

cdef inline int put_number(Vector vector, Py_ssize_t row, u64_t value) except -1
cdef inline int put_address(Vector vector, Py_ssize_t row, int size, u64_t high,
                            u64_t low) except -1
