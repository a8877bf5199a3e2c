// Exceptions of a Cortex-M0, as lines of text: what they print must be the same from the board's processor and from QEMU's. Nothing in it
// depends on how many cycles an instruction takes. Output and end are semihosting calls.
typedef unsigned int u32;

#define REG(address) (*(volatile u32 *)(address))
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NVIC_ISER REG(0xE000E100)
#define NVIC_ICER REG(0xE000E180)
#define NVIC_ISPR REG(0xE000E200)
#define NVIC_ICPR REG(0xE000E280)
#define NVIC_IPR0 REG(0xE000E400)
#define ICSR REG(0xE000ED04)
#define SCR REG(0xE000ED10)
#define SHPR2 REG(0xE000ED1C)
#define SHPR3 REG(0xE000ED20)
#define ISB() __asm volatile("dsb\n isb" ::: "memory")

void start(void);
static void nmi(void), hard_fault(void), call(void), pend_sv(void), sys_tick(void), irq0(void), irq1(void), irq2(void), irq3(void);
extern u32 stack_top;

__attribute__((section(".vectors"), used)) void *const vectors[48] = {
    [0] = &stack_top, [1] = start, [2] = nmi, [3] = hard_fault, [11] = call, [14] = pend_sv, [15] = sys_tick,
    [16] = irq0, [17] = irq1, [18] = irq2, [19] = irq3,
};

static u32 semihost(u32 operation, const void *argument) {
    register u32 r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void print(const char *name, u32 value) {
    char line[64];
    u32 n = 0;
    while (*name) line[n++] = *name++;
    line[n++] = ' ';
    for (int shift = 28; shift >= 0; shift -= 4) line[n++] = "0123456789abcdef"[value >> shift & 15];
    line[n++] = '\n';
    line[n] = 0;
    semihost(4, line);
}

static u32 ipsr(void) {
    u32 value;
    __asm volatile("mrs %0, ipsr" : "=r"(value));
    return value;
}

// What happened, in order; printed by the thread, because a semihosting call in a handler could change what is tested.
static volatile u32 events[200];
static volatile u32 count;
static void note(u32 event) {
    if (count < 200) events[count++] = event << 8 | ipsr();
}

static void report(const char *name) {
    for (u32 i = 0; i < count; i++) print(name, events[i]);
    count = 0;
}

static volatile u32 ticks, skip;

static void nmi(void) { note(0x20); }

// Notes the frame and goes on behind the instruction.
__attribute__((used)) static void fault_frame(u32 *frame, u32 value) {
    note(0x30);
    note(value & 15);
    note(frame[7] >> 24);
    note(frame[7] >> 9 & 1);
    frame[6] += skip;
    frame[7] |= 1u << 24;
    if (frame[6] & 1) frame[6]--;
}
__attribute__((naked)) static void hard_fault(void) {
    __asm("movs r0, #4\n mov r1, lr\n tst r0, r1\n bne 1f\n mrs r0, msp\n b 2f\n1: mrs r0, psp\n2: push {r3, lr}\n bl fault_frame\n pop {r3, pc}");
}

__attribute__((used)) static void call_frame(u32 *frame, u32 value) {
    unsigned char number = ((unsigned char *)frame[6])[-2];
    note(0x100 | number);
    note(value & 15);
    if (number == 7) frame[0] = frame[0] + frame[1] * 16;
}
__attribute__((naked)) static void call(void) {
    __asm("movs r0, #4\n mov r1, lr\n tst r0, r1\n bne 1f\n mrs r0, msp\n b 2f\n1: mrs r0, psp\n2: push {r3, lr}\n bl call_frame\n pop {r3, pc}");
}

static void pend_sv(void) { note(0x40); }
static void sys_tick(void) { ticks++; }

// Interrupt 0 has the lowest priority; it pends 1, which pends 2, which pends PendSV and NMI.
static void irq0(void) {
    note(0x50);
    NVIC_ISPR = 1 << 1;
    ISB();
    note(0x51);
}
static void irq1(void) {
    note(0x60);
    NVIC_ISPR = 1 << 2;
    ISB();
    note(0x61);
    note(ICSR & 0x1FF);
    note(ICSR >> 12 & 0x1FF);
}
static void irq2(void) {
    note(0x70);
    ICSR = 1u << 28;
    ICSR = 1u << 31;
    ISB();
    note(0x71);
}
static void irq3(void) { note(0x80); }

static void priorities(void) {
    SHPR2 = 0xFFFFFFFF;
    SHPR3 = 0xFFFFFFFF;
    NVIC_IPR0 = 0xFFFFFFFF;
    print("shpr2", SHPR2);
    print("shpr3", SHPR3 & 0xFFFF0000);
    print("ipr0", NVIC_IPR0);
    SHPR2 = 0;
    SHPR3 = 0xC0 << 16;
    NVIC_IPR0 = 0x800040C0u & 0xFF00FFFF;
}

static void nesting(void) {
    NVIC_ISER = 15;
    print("iser", NVIC_ISER);
    NVIC_ISPR = 1;
    ISB();
    report("nested");
    // All at once: by priority, then by number, without a return to the thread between them.
    __asm volatile("cpsid i");
    NVIC_ISPR = 15;
    ICSR = 1u << 28;
    print("pending", NVIC_ISPR);
    print("icsr", ICSR & 0x1F1FF);
    __asm volatile("cpsie i");
    ISB();
    report("at once");
    NVIC_ICER = 8;
    NVIC_ISPR = 8;
    ISB();
    print("disabled", NVIC_ISPR);
    NVIC_ICPR = 8;
    print("cleared", NVIC_ISPR);
    report("none");
}

static void calls(void) {
    register u32 r0 __asm("r0") = 3;
    register u32 r1 __asm("r1") = 5;
    __asm volatile("svc 7" : "+r"(r0) : "r"(r1) : "memory");
    print("svc", r0);
    report("svc");
    // On the process stack, once aligned to 8 and once not.
    static u32 stack[64] __attribute__((aligned(8)));
    for (int odd = 0; odd < 2; odd++) {
        u32 control, psp;
        __asm volatile("msr psp, %2\n movs %0, #2\n msr control, %0\n isb\n svc 9\n mrs %0, control\n mrs %1, psp\n movs r3, #0\n msr control, r3\n isb"
            : "=&l"(control), "=&l"(psp) : "l"(&stack[60 - odd]) : "r3", "memory");
        print("control", control);
        print("psp", psp - (u32)stack);
        print("frame xpsr", stack[59 - odd * 2] & 0xFFFFFF);
        report("psp");
    }
}

// An unaligned load, a load from nowhere, an undefined instruction, SVC under PRIMASK: each is skipped by the handler.
static void faults(void) {
    u32 value = 1;
    skip = 2;
    __asm volatile("ldr %0, [%0]" : "+l"(value));
    report("unaligned");
    value = 0x70000000;
    __asm volatile("ldr %0, [%0]" : "+l"(value));
    report("unmapped");
    __asm volatile("udf #1");
    report("undefined");
    // NOP, because QEMU returns behind the SVC.
    __asm volatile("cpsid i\n svc 1\n nop\n cpsie i");
    report("svc masked");
    skip = 4;
    __asm volatile(".inst.w 0xF7F0A000");
    report("undefined wide");
}

static void timer(void) {
    SYST_RVR = 2000;
    SYST_CVR = 0;
    SYST_CSR = 7;
    while (ticks < 5) {}
    print("ticks", 5);
    // Asleep, with and without PRIMASK.
    u32 before = ticks;
    __asm volatile("wfi");
    print("woken", ticks > before);
    __asm volatile("cpsid i");
    before = ticks;
    while (!(ICSR >> 26 & 1)) {}
    __asm volatile("wfi");
    print("held", ticks - before);
    SYST_CSR = 0;
    __asm volatile("cpsie i");
    ISB();
    print("taken", ticks - before);
    SYST_CSR = 0;
    SYST_RVR = 100;
    SYST_CVR = 0;
    SYST_CSR = 5;
    while (!(SYST_CSR >> 16)) {}
    print("flag", SYST_CSR & 1);
    SYST_CSR = 0;
    // A pending bit that is cleared is not taken.
    before = ticks;
    __asm volatile("cpsid i");
    ICSR = 1u << 26;
    print("pendst", ICSR >> 26 & 1);
    ICSR = 1u << 25;
    print("pendst", ICSR >> 26 & 1);
    __asm volatile("cpsie i");
    ISB();
    print("cleared", ticks - before);
}

void start(void) {
    priorities();
    nesting();
    calls();
    faults();
    timer();
    static const u32 done[2] = {0x20026, 0};
    print("end", 0);
    semihost(0x18, (void *)done[0]);
    for (;;) {}
}
