#!/bin/busybox sh
# nina probe identifies each fault by the exit status, the number of the failed step, and words of the finding and the
# remedy.
# Each fault is simulated in a separate module, so that all are probed at the same time.
rmmod nina_virtual
insmod /nina_virtual.ko modules=16
failed=0
cases=0
start=$(cut -d' ' -f1 /proc/uptime)

platform() { echo "/sys/devices/platform/nina.$1"; }
node() { echo "/dev/$(basename "$(platform "$1")"/spi_master/spi*/spi*.0/spidev/spidev*)"; }
line() { echo "nina-gpio.$1:$2"; }
wires() { echo "spi:$(node "$1"),cs=$(line "$1" 0),ready=$(line "$1" 1)"; }
all_wires() { echo "$(wires "$1"),reset=$(line "$1" 2),irq=$(line "$1" 3)"; }

# Starts an emulator with these arguments; sets $emulator to its process.
emulator() {
    nina-emulator --log-level warning "$@" >/tmp/ready 2>/tmp/emulator.log &
    emulator=$!
    for try in $(seq 100); do
        grep -q '^nina-emulator ready' /tmp/ready && return
        sleep 0.1
    done
    echo "the emulator does not start: $(cat /tmp/emulator.log)"
    failed=$((failed + 1))
}

complain() {
    echo "$1"
    cat /tmp/found
    failed=$((failed + 1))
}

# check NAME STATUS STEP WORDS...: checks a probe's output in /tmp/found. STEP is the failed one, or - for none.
check() {
    local name=$1 status=$2 step=$3 found words
    shift 3
    cases=$((cases + 1))
    [ "$(tail -n 1 /tmp/found)" = "status $status" ] || complain "$name: not status $status"
    found=$(sed -n 's/^\([0-9][0-9]*\) .*: FAILED$/\1/p' /tmp/found)
    [ "${found:--}" = "$step" ] || complain "$name: not step $step"
    # Every earlier step passed, once and in order.
    [ "$step" = - ] && step=11
    [ "$name" = socket ] || [ "$(sed -n 's/^\([0-9][0-9]*\) .*/\1/p' /tmp/found | grep -vx "$step" | tr '\n' ' ')" = "$(seq -s ' ' 1 $((step - 1)) | sed 's/$/ /; s/^ $//')" ] ||
        complain "$name: other steps"
    for words; do grep -qF -e "$words" /tmp/found || complain "$name: no '$words'"; done
}

probe() {
    nina probe --transport "$1" 2>&1
    echo "status $?"
}

# probe_later NAME TRANSPORT: probes in the background.
probes=""
probe_later() {
    probe "$2" >"/tmp/found.$1" &
    probes="$probes $!"
}
later() {
    mv "/tmp/found.$1" /tmp/found
    check "$@"
}
now() {
    local name=$1 transport=$2
    shift 2
    probe "$transport" >/tmp/found
    check "$name" "$@"
}

# Module 14 has no power, module 15 has old firmware.
powered=""
for module in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do powered="$powered --attach /dev/nina$module"; done
emulator $powered --socket /tmp/nina.sock
modern=$emulator
emulator --attach /dev/nina15 --firmware adafruit-1.2.2
old=$emulator

fault() {
    echo "$2" >"$(platform "$1")/faults"
    probe_later "$2" "$(all_wires "$1")"
}
clock() {
    echo "$2" >"$(platform "$1")/max_hz"
    probe_later "$3" "$(all_wires "$1")"
}
probe_later good "$(all_wires 0)"
fault 1 ready-high
fault 2 ready-open
fault 3 ready-low
fault 4 ready-never-rises
fault 5 cs-open
fault 6 miso-ff
fault 7 miso-00
fault 8 mosi-ff
clock 9 2000000 fast
clock 10 1 late
fault 11 reset-open
fault 12 irq-open
fault 13 irq-high
probe_later power "$(all_wires 14)"
probe_later old "$(wires 15)"

# Meanwhile, cases that need no module.
now 'no node' "spi:/dev/spidev99.0,cs=GPIO5,ready=GPIO6" 3 1 'ENOENT' 'dtparam=spi=on'
now 'another device' "spi:/dev/null,cs=GPIO5,ready=GPIO6" 3 1 'ENOTTY' 'not an SPI device'
now socket unix:/tmp/nina.sock 0 - 'no wires to probe' 'firmware Arduino 3.5.0'
now socket unix:/tmp/none.sock 3 10 'ENOENT'

wait $probes
later good 0 - 'firmware Arduino 3.5.0' 'IRQ is connected: ok'
later ready-high 3 3 'READY stays high after a reset' 'VIN and GND' 'RESET must be high'
later ready-open 3 3 'nothing drives it' 'AirLift: BUSY' "$(line 2 1)"
later ready-low 3 4 'READY stays low' 'cs='
later ready-never-rises 3 4 'READY stays low' "$(line 4 0)"
later cs-open 3 4 'chip select' 'the wire from CS of the module' 'not CE0'
later miso-ff 3 6 'every bit of MISO is 1' 'swapped with MOSI'
later miso-00 3 6 'every bit of MISO is 0' 'another device on the bus'
later mosi-ff 3 7 'error frame (EF 00 EE)' 'the wire of MOSI'
later fast 3 7 'wrong at 8 MHz and right at 1 MHz' 'hz=1000000'
later late 3 7 'one position late' 'SPI mode 0'
later reset-open 3 8 'the module keeps running' 'reset='
later irq-open 3 9 'nothing drives it' 'GPIO0 of the module' 'leave irq= out'
later irq-high 3 9 'is high although the module was just reset' "$(line 13 3)"
later power 3 3 'READY stays high' 'VIN and GND'
later old 0 - 'RESET is not wired' 'IRQ is not wired' '8 RESET: not wired' '9 IRQ: not wired' 'firmware 1.2.2: ok' 'it has no enterprise networks' 'no files'

# Lines that cannot be requested.
now 'no chip' "spi:$(node 0),cs=$(line 0 0),ready=gpiochip99:1" 3 2 '2 line ready=gpiochip99:1' 'ENODEV' 'gpioinfo'
now 'no line' "$(wires 0),reset=$(line 0 9)" 3 2 'line reset=' 'EINVAL' 'no such line'
now 'no name' "spi:$(node 0),cs=GPIO5,ready=$(line 0 1)" 3 2 'line cs=GPIO5' 'ENODEV'
now 'a line in use' "spi:$(node 0),cs=nina-gpio.0:0,ready=nina0-CS" 3 2 'line ready=' 'EBUSY' 'another program or driver'

# A user who is in neither group.
mkdir -p /etc
echo 'maker:x:1000:1000::/tmp:/bin/sh' >/etc/passwd
as_maker() {
    local name=$1 transport=$2
    shift 2
    su -s /bin/sh maker -c "/bin/nina probe --transport '$transport'; echo status \$?" >/tmp/found 2>&1
    check "$name" "$@"
}
chmod 600 "$(node 0)" /dev/gpiochip*
as_maker 'no right to spidev' "$(all_wires 0)" 3 1 EACCES 'group spi'
chmod 666 "$(node 0)"
as_maker 'no right to the lines' "$(all_wires 0)" 3 2 EACCES 'group gpio'
chmod 666 /dev/gpiochip*
as_maker 'every right' "$(all_wires 0)" 0 -

# A module that accepts a command and never answers; it is not reset, because it would not boot either.
kill -STOP "$old"
now 'no answer' "$(wires 15)" 3 5 'READY stays high after a command'
kill -CONT "$old"
# Its reply is still pending; the next program detects that.
now 'out of step' "$(wires 15)" 0 - 'firmware 1.2.2: ok'

# Another program sets another SPI mode again and again: the probe may pass or fail, but must report it.
"$(dirname "$0")/set_mode" "$(node 0)" &
other=$!
probe "$(all_wires 0)" >/tmp/found
kill "$other"
grep -q 'another program changed the SPI mode' /tmp/found || complain 'another mode: not noted'

# A controller that drives its own chip select even with SPI_NO_CS.
kill "$modern" "$old"
wait
rmmod nina_virtual
insmod /nina_virtual.ko no_cs=0
emulator --attach /dev/nina0
now 'own chip select' "$(all_wires 0)" 0 - 'the SPI controller moves its own chip select too'
kill "$emulator"
wait
echo "$cases probes, $(cut -d' ' -f1 /proc/uptime | awk -v start="$start" '{ printf "%.1f", $1 - start }') s"
[ "$failed" -eq 0 ]
