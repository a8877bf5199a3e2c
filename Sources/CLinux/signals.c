#include "CLinux.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t end_requested;

static void note_end_request(int signal) {
    (void)signal;
    end_requested = 1;
}

void clinux_catch_end_requests(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_end_request;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void clinux_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

int32_t clinux_end_requested(void) { return end_requested; }
