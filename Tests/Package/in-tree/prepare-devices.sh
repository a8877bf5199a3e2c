# The tree of the guest: udev, both packages, two users, and devices.sh as the first process.
set -eu
. /opt/try/checks.sh
quietly apt-get install -y --no-install-recommends linux-headers-amd64 dkms
quietly apt-get install -y --no-install-recommends udev mount /opt/try/nina_*.deb /opt/try/nina-dkms_*.deb
useradd --groups plugdev member
useradd stranger
printf '#!/bin/sh\nexec /bin/sh /opt/try/devices.sh\n' >/init
chmod 755 /init
# What the guest does not need would only fill its memory.
rm -rf /usr/src/linux* /usr/lib/gcc /usr/lib/linux-kbuild* /usr/lib/x86_64-linux-gnu/perl* /opt/drivers /var/cache/apt /var/lib/apt /var/lib/dpkg \
    /usr/share/locale /usr/share/perl* /usr/share/doc /usr/share/man /usr/bin/*-linux-gnu-*
