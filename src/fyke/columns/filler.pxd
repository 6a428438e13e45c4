cimport cython
from cpython.exc cimport PyErr_CheckSignals
from fyke.bpf.machine cimport Machine
from fyke.columns.vector cimport Cells, Vector, find_cells, forget_cells, put_cell
from fyke.columns.words cimport Words
from fyke.inline cimport Record
from fyke.layers.fields cimport Bits, Field
from fyke.layers.layer cimport Layer
from fyke.layers.network.ip cimport IP
from fyke.layers.tables cimport Table
from fyke.source cimport Source

ctypedef unsigned long long u64_t

cdef int NOTHING, OCTET, SHORT, WORD, NUMBER, ADDRESS4, ADDRESS6, HARDWARE, PROTO, LATE
cdef int NEXT_HEADER
cdef u64_t WORD_FULL
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
    cdef u64_t bit
    cdef readonly Vector vector
    cdef Layer layer
    cdef object quick


@cython.final
cdef class Slot:
    cdef Target target
    cdef Slot next
    cdef Vector vector
    cdef Words words
    cdef Cells cells
    cdef Field field
    cdef int how, shift
    cdef Py_ssize_t at, size, reach
    cdef u64_t mask, scale, bit
    cdef bint little, truth
    cdef object quick
    cdef int bind(self) except -1
    cdef void settle(self, Field field) except *
    @cython.locals(bits=Bits)
    cdef int of_bits(self, object field) except -1


@cython.final
cdef class Plan:
    cdef object kind
    cdef bint needless, doubtful
    cdef Slot first
    cdef u64_t bits
    cdef bytearray guesses, spoken, unsettled
    cdef inline bint asks(self, Layer layer) except -1


@cython.locals(record=Record, source="unsigned int", target="unsigned int")
cdef bint between(bytearray ports, Layer layer) except -1


@cython.final
cdef class Filler:
    cdef list targets, chain, whole
    cdef Slot plain
    cdef u64_t met, all
    cdef object machines, screens, test, came_from, origin
    cdef long long counted, begun, before, time
    cdef Machine machine, screen
    cdef Record record
    cdef Layer first
    cdef Plan lowest
    cdef dict plans
    cdef int link_type, first_type, screen_type
    cdef Py_ssize_t positive, left
    cdef bint last, pending, brief
    cdef readonly Py_ssize_t rows, room
    cdef readonly long long packets
    @cython.locals(target=Target, slot=Slot)
    cdef int sort(self) except -1
    @cython.locals(plan=Plan)
    cdef int bind(self) except -1
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
    @cython.locals(slot=Slot, how=int)
    cdef inline int packet(self, Record record, Py_ssize_t row) except -1
    @cython.locals(target=Target)
    cdef int ask_packet(self, Record record, Py_ssize_t row) except -1
    cdef int begins(self, int link_type) except -1
    @cython.locals(plan=Plan)
    cdef Plan plan_of(self, object kind)
    @cython.locals(plan=Plan)
    cdef inline Plan above(self, Layer layer)
    @cython.locals(layer=Layer, plan=Plan, above=Plan, depth=int, following=Layer, other=Layer)
    cdef int layers(self, Record record, Py_ssize_t row) except -1
    cdef inline bint ends(self, Plan plan, Layer layer) except -1
    cdef int settle(self, Plan plan, int port) except -1
    @cython.locals(record=Record, off=Py_ssize_t, room=Py_ssize_t, slot=Slot, meant=bint)
    cdef inline int meet(self, Plan plan, Layer layer, Py_ssize_t row) except -1
    cdef bint is_meant(self, Target target) except -1
    @cython.locals(how=int, ip=IP)
    cdef inline int read(self, Slot slot, Layer layer, Record record, Py_ssize_t at,
                         Py_ssize_t row) except -1
    @cython.locals(size=Py_ssize_t, value=u64_t)
    cdef inline u64_t number(self, Slot slot, Record record, Py_ssize_t at) except? 0xffffffffffffffff
    @cython.locals(target=Target, layer=Layer)
    cdef int ask(self, Py_ssize_t row) except -1
    cdef Layer ask_quickly(self, Target target, Layer layer, Py_ssize_t row)
    @cython.locals(target=Target, layer=Layer, left="long long")
    cdef object from_the_end(self, Target target)

cdef int bind_all(Slot slot) except -1
cdef inline int put_number(Slot slot, Py_ssize_t row, u64_t value) except -1
cdef inline int put_address(Slot slot, Py_ssize_t row, int size, u64_t high, u64_t low) except -1


cdef inline int locate(Slot slot) except -1:
    """Where the slot's values are from now on."""
    if slot.vector is None:
        return forget_cells(&slot.cells)
    return find_cells(&slot.cells, slot.vector)


cdef inline bint stored(Slot slot, Py_ssize_t row, u64_t value) noexcept:
    """Whether a number could be written at once."""
    return put_cell(&slot.cells, row, value)


cdef inline bint stored_word(Slot slot, Py_ssize_t row, int size, u64_t high,
                             u64_t low) except -1:
    """Whether the code of an address could be written at once."""
    if slot.words is None:
        return False
    return put_cell(&slot.cells, row, slot.words.of_address(size, high, low))
