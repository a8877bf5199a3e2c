#!/bin/busybox sh
# What a command over spi costs in system calls: at most 15.
spi=/dev/$(basename /sys/devices/platform/nina.0/spi_master/spi*/spi*.0/spidev/spidev*)
echo "clocksource $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
exec /tests/count_calls 200 15 /bin/nina-guest spi_status "$spi"
