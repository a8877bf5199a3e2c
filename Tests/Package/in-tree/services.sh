# Under systemd: the units of the package nina, which is removed at the end while a service runs.
set -u
. /opt/try/checks.sh
export LC_ALL=C.UTF-8 HOME=/root PYTHONDONTWRITEBYTECODE=1
cd /tmp
link=unix:/run/nina-emulator/lab/nina.sock,uid=any

# Runs a command as a user with their groups.
as() {
    user=$1
    shift
    runuser -u "$user" -- env XDG_RUNTIME_DIR="/run/user/$(id -u "$user")" "$@"
}
# The processes of a program.
running() { grep -lxF "$1" /proc/[0-9]*/comm 2>/dev/null | cut -d / -f 3; }
# Waits until a file is there, at most 60 s.
appears() {
    for _ in $(seq 600); do
        [ ! -e "$1" ] || return 0
        sleep 0.1
    done
    journalctl --no-pager -n 30 >&2
    fail "there is no $1"
}

mkdir -p /etc/nina
cp /usr/share/doc/nina/examples/lab.conf /etc/nina/
systemctl enable --now nina-emulator@lab >/dev/null 2>&1 || fail "the service does not start: $(systemctl status nina-emulator@lab)"
appears /run/nina-emulator/lab/nina.sock
NINA_TRANSPORT=$link as member nina info >info 2>&1 || fail "a member of plugdev has no access: $(cat info; journalctl --no-pager -u nina-emulator@lab)"
grep -q 1.4.8 info || fail "the options of lab.conf do not count: $(cat info)"
ok "nina-emulator@lab serves a member of plugdev, with the options of /etc/nina/lab.conf"
NINA_TRANSPORT=$link as stranger nina info >info 2>&1 && fail "a stranger has access: $(cat info)"
ok "it refuses another user: $(head -n 1 info)"
NINA_TRANSPORT=${link%,*} as member nina info >info 2>&1 && fail "a program trusts a stranger's socket untold: $(cat info)"
ok "without uid=any a program sends nothing: $(head -n 1 info)"
main=$(systemctl show -P MainPID nina-emulator@lab)
set -- $(stat -c '%u %g' "/proc/$main")
[ "$1" -ge 61184 ] && [ "$2" = 46 ] || fail "the service runs as $1:$2"
grep -qE '^CapEff:\s+0+$' "/proc/$main/status" && grep -qE '^Seccomp:\s+2$' "/proc/$main/status" || fail "$(cat "/proc/$main/status")"
ok "it runs as user $1, without capabilities, with a filter of system calls"

NINA_TRANSPORT=$link as member nina demo --for 120 --quiet >demo 2>&1 &
for _ in $(seq 300); do
    ! grep -q http: demo || break
    sleep 0.1
done
python3 /opt/try/fetch.py http://127.1.0.1:8080/ >page 2>&1 || fail "the demo through the service: $(cat demo page; journalctl --no-pager -u nina-emulator@lab | tail -n 20)"
ok "a program's server is reached through it, at port 8080"
# shellcheck disable=SC2046
kill -INT $(running nina)
wait
# Without a file of options: the newest firmware, which has preferences.
for count in 1 2; do
    systemctl restart nina-emulator@other
    appears /run/nina-emulator/other/nina.sock
    NINA_TRANSPORT=unix:/run/nina-emulator/other/nina.sock,uid=any as member timeout 60 nina example PreferencesCounter --rounds 1 --every 0 >"count$count" 2>&1 ||
        fail "the counter: $(cat "count$count")"
done
cmp -s count1 count2 && fail "preferences are not kept: $(cat count1 count2)"
[ -n "$(find /var/lib/private/nina-emulator/other -type f)" ] || fail "there is no file of the module"
ok "an instance without options keeps the module's preferences when it starts again: $(tail -n 1 count2)"

appears "/run/user/$(id -u member)/systemd/private"
as member systemctl --user start nina-emulator || fail "a user's service does not start: $(journalctl --no-pager -n 20)"
appears "/run/user/$(id -u member)/nina.sock"
as member nina info >info 2>&1 || fail "a user's programs do not find it: $(cat info)"
ok "a user's nina-emulator is found without a word"
as member systemctl --user stop nina-emulator
[ ! -e "/run/user/$(id -u member)/nina.sock" ] || fail "the user's socket is left"

systemctl is-active --quiet nina-emulator@lab || systemctl start nina-emulator@lab
dpkg --purge nina >purge 2>&1 || fail "removal: $(cat purge)"
[ -z "$(running nina-emulator)" ] || fail "a process of the service is left"
left=$(find / -xdev \( -path /proc -o -path /sys -o -path /opt/try -o -path /opt/drivers -o -path /var/log -o -path /var/cache/apt \
    -o -path /tmp \) -prune -o -name '*nina*' -print)
[ -z "$left" ] || fail "removal of the running service leaves $left"
ok "removal ends the service and leaves nothing of it"
