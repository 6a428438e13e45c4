"""Text from numbers, at a pointer: tables of digits instead of a division for each digit.

For wire.py and inline.pxd only. Nothing is checked here: the caller has made the room that each
function's first line names, and has seen that the bytes it hands over are there.
"""
from libc.string cimport memcpy

ctypedef unsigned char u8_t
ctypedef unsigned int u32_t
ctypedef unsigned long long u64_t

cdef extern from *:
    """
    static const char fyke_pairs[201] =
        "0001020304050607080910111213141516171819" "2021222324252627282930313233343536373839"
        "4041424344454647484950515253545556575859" "6061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    static const char fyke_nibbles[17] = "0123456789abcdef";
    #define fyke_bits(value) (64 - __builtin_clzll(value))
    #define fyke_little (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    """
    const char *pairs "fyke_pairs"
    const char *nibbles "fyke_nibbles"
    int bits "fyke_bits"(u64_t value) noexcept nogil
    bint little "fyke_little"


cdef inline void pair(u8_t *to, u32_t value) noexcept nogil:
    """Two decimal digits of a number below 100."""
    to[0] = pairs[2 * value]
    to[1] = pairs[2 * value + 1]


cdef inline void copy(u8_t *to, const u8_t *at, Py_ssize_t count) noexcept nogil:
    """``count`` bytes; most texts are short, and a call costs more than they do."""
    if count > 16:
        memcpy(to, at, count)
    elif count >= 8:
        memcpy(to, at, 8)
        memcpy(to + count - 8, at + count - 8, 8)
    elif count >= 4:
        memcpy(to, at, 4)
        memcpy(to + count - 4, at + count - 4, 4)
    elif count > 0:
        to[0] = at[0]
        if count > 1:
            to[1] = at[1]
            to[count - 1] = at[count - 1]


cdef inline int width(u32_t value) noexcept nogil:
    """Decimal digits of a number of 32 bits."""
    if value < 100000:
        if value < 100:
            return 1 if value < 10 else 2
        return 3 if value < 1000 else 4 if value < 10000 else 5
    if value < 10000000:
        return 6 if value < 1000000 else 7
    return 8 if value < 100000000 else 9 if value < 1000000000 else 10


cdef inline void fixed(u8_t *to, u64_t value, int count) noexcept nogil:
    """The last ``count`` decimal digits, with leading zeros; ``count`` bytes of room."""
    cdef u32_t small
    if value < 0x100000000ULL:
        small = <u32_t>value
        while count >= 2:
            count -= 2
            pair(to + count, small % 100)
            small //= 100
        if count:
            to[0] = 48 + small % 10
        return
    while count > 0:
        count -= 1
        to[count] = 48 + value % 10
        value //= 10


cdef inline int decimal(u8_t *to, u64_t value) noexcept nogil:
    """A number in decimal; 20 bytes of room. How many it took."""
    cdef int count
    cdef u64_t rest
    if value < 10:
        to[0] = 48 + <u32_t>value
        return 1
    if value < 0x100000000ULL:
        count = width(<u32_t>value)
    else:
        count = 10
        rest = value // 10000000000ULL
        while rest:
            count += 1
            rest //= 10
    fixed(to, value, count)
    return count


cdef inline int hexadecimal(u8_t *to, u64_t value, int least) noexcept nogil:
    """Lower-case digits, at least ``least`` (at most 16); 16 bytes of room. How many it took."""
    cdef int count = (bits(value) + 3) >> 2 if value else 1
    cdef int i
    if count < least:
        count = least
    i = count
    while i > 0:
        i -= 1
        to[i] = nibbles[value & 15]
        value >>= 4
    return count


cdef inline void byte(u8_t *to, u32_t value) noexcept nogil:
    """Two hexadecimal digits."""
    to[0] = nibbles[value >> 4 & 15]
    to[1] = nibbles[value & 15]


cdef inline int dotted(u8_t *to, u32_t addr) noexcept nogil:
    """A dotted quad; 15 bytes of room. How many it took."""
    cdef u8_t *at = to
    cdef int shift = 24
    cdef u32_t part
    while True:
        part = addr >> shift & 255
        if part < 10:
            at[0] = 48 + part
            at += 1
        elif part < 100:
            pair(at, part)
            at += 2
        else:
            at[0] = 50 if part >= 200 else 49
            pair(at + 1, part - (200 if part >= 200 else 100))
            at += 3
        if shift == 0:
            return <int>(at - to)
        at[0] = 46
        at += 1
        shift -= 8


cdef inline void colons(u8_t *to, const u8_t *at) noexcept nogil:
    """Six bytes as an Ethernet address; 17 bytes of room."""
    cdef int i
    for i in range(6):
        if i:
            to[3 * i - 1] = 58
        byte(to + 3 * i, at[i])


cdef inline int groups(u8_t *to, const u8_t *data) noexcept nogil:
    """Sixteen bytes as an IPv6 address (RFC 5952); 46 bytes of room. How many it took."""
    cdef u8_t *at = to
    cdef u32_t word[8]
    cdef int best = -1, most = 1, run = -1, i
    for i in range(8):
        word[i] = <u32_t>data[2 * i] << 8 | data[2 * i + 1]
        if word[i]:
            run = -1
            continue
        if run < 0:
            run = i
        if i + 1 - run > most:
            best = run
            most = i + 1 - run
    i = 0
    while i < 8:
        if i == best:
            if i == 0:
                at[0] = 58
                at += 1
            at[0] = 58
            at += 1
            i += most
            continue
        if i == 6 and best == 0 and (most == 6 or (most == 5 and word[5] == 0xFFFF)):
            return <int>(at - to) + dotted(at, word[6] << 16 | word[7])
        at += hexadecimal(at, word[i], 1)
        i += 1
        if i < 8:
            at[0] = 58
            at += 1
    return <int>(at - to)


cdef inline u32_t folded(const u8_t *at, Py_ssize_t count, u32_t start) noexcept nogil:
    """The one's complement sum of RFC 1071: eight bytes a turn, folded and put in order at the end."""
    cdef u64_t total = 0
    cdef u64_t eight
    cdef u32_t high = 0, low = 0
    while count >= 8:
        memcpy(&eight, at, 8)
        total += (eight & 0xFFFFFFFFULL) + (eight >> 32)
        at += 8
        count -= 8
    if count >= 4:
        memcpy(&low, at, 4)
        total += low
        at += 4
        count -= 4
    if count:
        memcpy(&high, at, count)  # zeros behind an odd last byte: it is the first of its pair
        total += high
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    if little:  # what was summed had its bytes exchanged
        total = (total >> 8 | total << 8) & 0xFFFF
    total += start
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return <u32_t>total


cdef inline int row(u8_t *to, const u8_t *at, int count, bint text) noexcept nogil:
    """One row of -x or -X: up to 16 bytes, in pairs, and as text; 58 bytes of room."""
    cdef u8_t *here = to
    cdef int i = 0
    while i + 1 < count:
        here[0] = 32
        byte(here + 1, at[i])
        byte(here + 3, at[i + 1])
        here += 5
        i += 2
    if i < count:
        here[0] = 32
        byte(here + 1, at[i])
        here += 3
    if not text:
        return <int>(here - to)
    while here < to + 42:
        here[0] = 32
        here += 1
    for i in range(count):
        here[i] = at[i] if 32 < at[i] < 127 else 46
    return 42 + count
