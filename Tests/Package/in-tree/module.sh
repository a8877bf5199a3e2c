# The package nina-dkms in a fresh tree: its module is built for the kernel of the headers, which are $1, and goes with it.
set -eu
. /opt/try/checks.sh
quietly apt-get install -y --no-install-recommends "$1" dkms
depmod "$(ls /lib/modules)" 2>/dev/null  # the index of modules, which DKMS renews; with a kernel it is there
snapshot >/opt/try/before
start=$(date +%s%N)
quietly apt-get install -y --no-install-recommends /opt/try/nina-dkms_*.deb
cp /tmp/output /opt/try/install
seconds=$((($(date +%s%N) - start) / 1000000000))
module=$(find /lib/modules -name 'nina_virtual.ko*')
[ -n "$module" ] || fail "there is no module: $(cat /opt/try/install) $(cat /var/lib/dkms/nina/*/build/make.log 2>/dev/null)"
dkms status nina | grep -q installed || fail "dkms says: $(dkms status)"
! grep -i warning /var/lib/dkms/nina/*/*/*/log/make.log || fail "the module's build has warnings"
ok "dkms has built ${module} in $seconds s with the package"
[ "$(modinfo -F license "$module")" = GPL ] || fail "modinfo cannot read $module"
[ -s /lib/udev/rules.d/70-nina.rules ] || fail "there are no rules for udev"
quietly apt-get purge -y nina-dkms
rm -f /opt/try/install
[ -z "$(find /lib/modules -name 'nina_virtual.ko*')" ] || fail "the module is left"
snapshot >/opt/try/after
same
