#!/bin/busybox sh
# A command over spi takes at most 15 system calls. Reading the clock takes none on a Raspberry Pi, nor here with the
# clock source tsc; with the guest's default clock source, which is faster for everything else, it would take one.
spi=/dev/$(basename /sys/devices/platform/nina.0/spi_master/spi*/spi*.0/spidev/spidev*)
clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
before=$(cat $clock)
echo tsc >$clock
trap 'echo "$before" >$clock' EXIT
taskset 1 /tests/count_calls 100 15 /bin/nina-guest spi_status "$spi"
