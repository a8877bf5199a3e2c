# What the scripts in the tree share. Each check prints a line; the first that fails ends the script.

ok() { echo "ok   $*"; }

fail() {
    echo "FAIL $*" >&2
    exit 1
}

# Runs a command; its output, in /tmp/output, is shown if it fails.
quietly() {
    "$@" >/tmp/output 2>&1 || {
        tail -n 40 /tmp/output >&2
        fail "status $? of: $*"
    }
}

# Every path with its type, mode, owner and link, but logs, and the notes of apt and dpkg about what is there.
snapshot() {
    find / -xdev \( -path /proc -o -path /dev -o -path /tmp/output -o -path /opt/try -o -path /var/log -o -path /var/cache/apt \
        -o -path /var/lib/apt -o -path /var/cache/debconf -o -path /var/cache/ldconfig -o -path '/var/lib/dpkg/*-old' \
        -o -path /var/lib/dpkg/triggers \) -prune -o -printf '%p %y %m %u:%g %l\n' | sort
}

# Compares two snapshots.
same() {
    diff /opt/try/before /opt/try/after >/opt/try/left || {
        sed -n '/^[<>]/p' /opt/try/left | head -n 40 >&2
        fail "removal: the files are not those from before"
    }
    ok "removal leaves nothing: $(wc -l </opt/try/after) files are as before"
}
