# The tree that systemd runs in: the package, two users, and a unit that runs services.sh.
set -eu
. /opt/try/checks.sh
quietly apt-get install -y --no-install-recommends systemd-sysv libpam-systemd dbus python3 /opt/try/nina_*.deb
useradd --create-home --groups plugdev member
useradd --create-home stranger
mkdir -p /var/lib/systemd/linger /etc/systemd/system/multi-user.target.wants
touch /var/lib/systemd/linger/member
cat >/etc/systemd/system/checks.service <<'UNIT'
[Unit]
After=systemd-user-sessions.service dbus.service
[Service]
Type=oneshot
TimeoutStartSec=600
ExecStart=/bin/sh /opt/try/services.sh
StandardOutput=append:/opt/try/log
StandardError=append:/opt/try/log
ExecStopPost=/usr/bin/systemctl poweroff --force --force
UNIT
ln -s ../checks.service /etc/systemd/system/multi-user.target.wants/
: >/opt/try/log
