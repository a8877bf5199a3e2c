#!/bin/busybox sh
# What a command over spi costs in system calls: at most 15. Reading the clock takes no system call on a Raspberry Pi, nor here with the
# processor's own; with the guest's other one, with which all else is faster, it would be.
spi=/dev/$(basename /sys/devices/platform/nina.0/spi_master/spi*/spi*.0/spidev/spidev*)
clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
before=$(cat $clock)
echo tsc >$clock
trap 'echo "$before" >$clock' EXIT
taskset 1 /tests/count_calls 100 15 /bin/nina-guest spi_status "$spi"
