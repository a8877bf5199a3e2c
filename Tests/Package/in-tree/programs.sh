# The package nina in a fresh tree: installed, used, removed.
set -eu
. /opt/try/checks.sh
export PYTHONDONTWRITEBYTECODE=1
cd /tmp
for program in swift python3 openssl; do
    ! command -v "$program" >/dev/null || fail "the tree has $program already"
done
snapshot >/opt/try/before

start=$(date +%s%N)
quietly apt-get install -y /opt/try/nina_*.deb
installed=$(date +%s%N)
mkdir site
echo '<p>from this machine</p>' >site/index.html
python3 -m http.server --bind 127.0.0.1 --directory site 8000 >/dev/null 2>&1 &
server=$!
python3 /opt/try/fetch.py http://127.0.0.1:8000/ >/dev/null
# The program of the README, with the drivers that a user has from PyPI.
PYTHONPATH=/opt/drivers nina run --timeout 60 -- python3 -m nina_link /opt/try/code.py >page
replied=$(date +%s%N)
kill "$server"
grep -q 'from this machine' page || fail "code.py has not printed the page, but: $(cat page)"
ok "code.py by 'nina run -- python3 -m nina_link' reads a page"
echo "     $(((installed - start) / 1000000)) ms for apt install, $(((replied - start) / 1000000)) ms from its start to the first HTTP reply"

nina demo --for 60 >demo 2>&1 &
demo=$!
for _ in $(seq 200); do
    address=$(sed -nE 's|.*(http://[0-9.]+(:[0-9]+)?/).*|\1|p' demo | head -n 1)
    [ -z "$address" ] || break
    kill -0 "$demo" 2>/dev/null || fail "nina demo has ended: $(cat demo)"
    sleep 0.1
done
[ -n "$address" ] || fail "nina demo has printed no address: $(cat demo)"
python3 /opt/try/fetch.py "$address" | grep -qi '<html' || fail "the page of nina demo is no HTML"
kill -INT "$demo"
wait "$demo" || fail "nina demo ended with status $?"
ok "nina demo answers a client at $address"

nina run --timeout 60 -- nina info >info 2>&1 || fail "nina info: $(cat info)"
grep -q lab-net info || fail "nina info names no network: $(cat info)"
ok "nina info finds the coprocessor of nina run"
# TLS is loaded at run time. A port where nobody listens is reached only once the library is there.
nina-emulator --tls-library /nowhere.so >tls 2>&1 && fail "an emulator without its TLS library has started"
find /usr/lib -name libssl.so.3 | grep -q . || fail "libssl3 was not installed"
ok "libssl3 has come with it"
for file in share/nina/arduino/core/Arduino.h share/libsigrokdecode/decoders/nina/pd.py share/nina/decoders/wireshark/nina.lua share/nina/c/nina_link.h share/nina/commands.json share/man/man1/nina.1.gz \
    share/man/man1/nina-emulator.1.gz share/bash-completion/completions/nina-emulator share/zsh/vendor-completions/_nina \
    share/fish/vendor_completions.d/nina-emulator.fish share/doc/nina/copyright share/doc/nina/changelog.Debian.gz; do
    [ -s "/usr/$file" ] || fail "there is no /usr/$file"
done
status=0
echo 'void setup() {}' >sketch.ino
nina sketch sketch.ino 2>sketch || status=$?
grep -q -- --api sketch || fail "nina sketch does not find its core: $(cat sketch)"
ok "nina sketch finds its core, and asks for the API"
python3 -c 'import importlib.metadata as m; d = m.distribution("nina-link"); assert "pytest11" in str(d.entry_points), d.entry_points'
ok "pip and pytest find nina-link"

# What has run leaves nothing, without the removal's help.
rm -rf site page demo info tls sketch sketch.ino output
# The user's closed folder for sockets stays, empty, as its name is taken for good.
[ ! -d nina-0 ] || rmdir nina-0
[ -z "$(ls -A /tmp)" ] || fail "files are left in /tmp: $(ls -A /tmp)"
# A Python that comes later compiles for itself.
PYTHONDONTWRITEBYTECODE= python3 -c 'import nina_link.circuitpython.board'
mkdir -p /etc/nina && cp /usr/share/doc/nina/examples/lab.conf /etc/nina/
quietly apt-get purge -y nina
# What came with it goes, also what another package merely recommends: ca-certificates, for apt.
quietly apt-get autoremove -y --purge -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false
snapshot >/opt/try/after
same
