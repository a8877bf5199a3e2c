#include "CLinux.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static int saved_input = -1;
static int saved_output = -1;
static volatile sig_atomic_t is_entered;

int clinux_terminal_rows(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) < 0 ? -1 : size.ws_row;
}

/// Async-signal-safe.
void clinux_terminal_leave(void) {
    static const char leave[] = "\033[0m\033[?25h\033[?1049l";
    if (!is_entered) return;
    is_entered = 0;
    if (write(saved_output, leave, sizeof leave - 1) < 0) { /* Whoever has closed it sees nothing. */
    }
    tcsetattr(saved_input, TCSANOW, &saved);
}

/// A trap ends the process as before, but its words are for a terminal that shows them.
static void trapped(int signal_number) {
    clinux_terminal_leave();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

int clinux_terminal_enter(int input, int output) {
    static const char enter[] = "\033[?1049h\033[?25l";
    static const int traps[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
    static int is_prepared;
    if (tcgetattr(input, &saved) != 0) return -1;
    saved_input = input;
    saved_output = output;
    if (!is_prepared) {
        is_prepared = 1;
        if (atexit(clinux_terminal_leave) != 0) return -1;
        for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++) signal(traps[i], trapped);
    }
    struct termios page = saved;
    page.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    page.c_cc[VMIN] = 1;
    page.c_cc[VTIME] = 0;
    is_entered = 1;
    if (tcsetattr(input, TCSANOW, &page) != 0) {
        is_entered = 0;
        return -1;
    }
    return write(output, enter, sizeof enter - 1) < 0 ? -1 : 0;
}
