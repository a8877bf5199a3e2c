// Work of several kinds for `Tests/Board/run PROGRAM bench`: bytes through a table, recursion, sorting, 16-bit filters, division in
// software, text. It ends with BKPT 1 and a sum of all results in R0.
typedef unsigned int u32;
typedef unsigned char u8;

void start(void);
extern u32 stack_top;
__attribute__((section(".vectors"), used)) void *const vectors[16] = {[0] = &stack_top, [1] = start};

static u32 state = 1;
static u32 next(void) { return state = state * 1664525 + 1013904223; }

static u32 table[64];
static u8 bytes[1024], copy[1024];
static int numbers[256];
static short samples[128];

__attribute__((noinline)) static u32 checksum(const u8 *data, u32 count) {
    u32 sum = 0xFFFF;
    while (count--) sum = table[(sum ^ *data++) & 63] ^ sum >> 6;
    return sum;
}

__attribute__((noinline)) static void duplicate(u8 *to, const u8 *from, u32 count) {
    while (count--) *to++ = *from++;
}

__attribute__((noinline)) static void sort(int *values, int count) {
    for (int gap = count / 2; gap > 0; gap /= 2)
        for (int i = gap; i < count; i++) {
            int value = values[i], at = i;
            for (; at >= gap && values[at - gap] > value; at -= gap) values[at] = values[at - gap];
            values[at] = value;
        }
}

__attribute__((noinline)) static u32 paths(u32 right, u32 down) { return right && down ? paths(right - 1, down) + paths(right, down - 1) : 1; }

__attribute__((noinline)) static u32 divide(u32 value, u32 by, u32 *rest) {
    u32 result = 0;
    *rest = 0;
    for (int bit = 31; bit >= 0; bit--) {
        *rest = *rest << 1 | (value >> bit & 1);
        if (*rest >= by) {
            *rest -= by;
            result |= 1u << bit;
        }
    }
    return result;
}

__attribute__((noinline)) static u32 digits(u8 *text, u32 value) {
    u32 count = 0, rest;
    do {
        value = divide(value, 10, &rest);
        text[count++] = '0' + rest;
    } while (value);
    return count;
}

__attribute__((noinline)) static int filter(short *values, int count) {
    int last = 0;
    for (int i = 0; i < count; i++) values[i] = (short)(last = (last * 7 + values[i]) >> 3);
    return last;
}

void start(void) {
    u32 sum = 0;
    for (u32 i = 0; i < 64; i++) table[i] = next();
    for (u32 turn = 0; turn < 400; turn++) {
        for (u32 i = 0; i < sizeof bytes; i++) bytes[i] = next() >> 24;
        duplicate(copy, bytes, sizeof copy);
        sum += checksum(copy, sizeof copy);
        for (u32 i = 0; i < 256; i++) numbers[i] = next();
        sort(numbers, 256);
        sum ^= numbers[turn & 255] + paths(6, 5);
        for (u32 i = 0; i < 128; i++) samples[i] = bytes[i] << 7;
        sum += filter(samples, 128);
        for (u32 i = 0; i < 8; i++) sum = sum * 31 + copy[digits(copy, next()) - 1];
    }
    register u32 result __asm("r0") = sum;
    __asm volatile("bkpt 1" ::"r"(result));
    for (;;) {}
}
