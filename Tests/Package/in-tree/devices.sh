# The guest's first process: the module, and who may use its devices.
set -u
. /opt/try/checks.sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
end() {
    echo "GUEST END"
    echo o >/proc/sysrq-trigger
    sleep 60
}
trap end EXIT
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
exec </dev/null >/dev/ttyS0 2>&1
cd /tmp
/lib/systemd/systemd-udevd --daemon
udevadm trigger --settle
modprobe nina_virtual modules=1 || fail "the module cannot be loaded: $(dmesg | tail -n 5)"
udevadm settle

as() {
    user=$1
    shift
    setpriv --reuid="$user" --regid="$user" --init-groups -- env HOME=/tmp "$@"
}
spi=/dev/$(basename /sys/devices/platform/nina.0/spi_master/spi*/spi*.0/spidev/spidev*)
chip=/dev/$(basename /sys/devices/platform/nina.0/gpiochip*)
for device in /dev/nina0 "$spi" "$chip"; do
    [ "$(stat -c '%a %U:%G' "$device")" = '660 root:plugdev' ] || fail "$device: $(stat -c '%a %U:%G' "$device"); $(ls -l /dev /sys/devices/platform/nina.0)"
done
ok "udev gives /dev/nina0, $spi and $chip to root and plugdev"
as member nina-emulator --attach /dev/nina0 >attached 2>&1 &
for _ in $(seq 600); do
    ! grep -q ready attached || break
    sleep 0.1
done
wires=spi:$spi,cs=nina0-CS,ready=nina0-READY,reset=nina0-RESET,irq=nina0-GPIO0
as member nina probe --transport "$wires" >probe 2>&1 || fail "the probe of a member of plugdev: $(cat probe attached)"
ok "a member of plugdev uses the module that DKMS has built: $(tail -n 1 probe)"
as stranger nina probe --transport "$wires" >probe 2>&1 && fail "a stranger uses the module's devices"
ok "another user does not: $(grep -m 1 seen probe || tail -n 1 probe)"
