#!/bin/busybox sh
# The tool nina over spi: `nina info`, and the web site of `nina demo`, served to clients in the guest.
spi=/dev/$(basename /sys/devices/platform/nina.0/spi_master/spi*/spi*.0/spidev/spidev*)
# One line by chip and offset, the others by name.
NINA_TRANSPORT=spi:$spi,cs=nina-gpio.0:0,ready=nina0-READY,reset=nina0-RESET,irq=nina0-GPIO0
export NINA_TRANSPORT
cd /tmp || exit 1
status=0
fail() {
    echo "$1"
    status=1
}

taskset 1 nina-emulator --attach /dev/nina0 --log-level warning >ready &
emulator=$!
until grep -q ready ready; do sleep 0.1; done

taskset 1 nina info >info || fail "nina info ends with $?"
grep -qx "firmware   3.5.0" info || fail "nina info prints no version"
grep -q "^  lab-net  .*channel 6, .* dBm" info || fail "nina info finds no network"
[ $status -eq 0 ] || cat info

taskset 1 nina demo --transport "$NINA_TRANSPORT" --for 20 >demo 2>&1 &
demo=$!
until grep -q Open demo || ! kill -0 $demo; do sleep 0.1; done
site=$(sed -nE 's/.*(http:[^ ]*).*/\1/p' demo)
timeout 20 wget -q -O page "$site" || fail "wget ends with $?"
grep -qi "</html>" page || fail "the page is not whole"
# Everything that the page refers to, each with its own client at the same time.
fetched=0
clients=""
for path in $(grep -oE '(src|href)="[^"#:]*"' page | cut -d'"' -f2 | sort -u); do
    fetched=$((fetched + 1))
    timeout 20 wget -q -O "part$fetched" "$site${path#/}" &
    clients="$clients $!"
done
for client in $clients; do wait "$client" || fail "a client could not fetch its part"; done
for part in part*; do [ -s "$part" ] || fail "$part is empty"; done
kill $demo
wait $demo || fail "nina demo ends with $?"
tail -n 1 demo
echo "nina info and nina demo over $NINA_TRANSPORT: a page of $(wc -c <page) bytes and $fetched parts"
[ $status -eq 0 ] || cat demo

kill $emulator
wait $emulator
# Without a coprocessor the tool reports that.
nina info >info 2>&1 && fail "nina info without a module succeeds"
grep -q "^nina: no coprocessor\|^nina: .*READY" info || fail "$(cat info)"
exit $status
