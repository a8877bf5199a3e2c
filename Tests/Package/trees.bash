# What `try`, `services` and `devices` share: a minimal Debian tree as a base, and copies of it with processes, mounts and network of their own.

folder=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
source "$folder/../../Tools/arguments.bash"
script_name=Tests/Package/$(basename "$0")
store=$(realpath "$folder/../..")/.build/package-tree
base=$store/base

fail() {
    echo "$script_name: $*" >&2
    exit 1
}

# Ends the script unless it can work, and sets `debs`. Arguments: those of the script.
begin() {
    case ${1:-} in
    -h | --help) print_help && exit 0 ;;
    -*) refuse "unknown option '$1'" ;;
    esac
    [ $# -le 1 ] || refuse "expected one folder, got $#"
    local packages pair
    packages=$(realpath "${1:-$folder/../../.build/packages}")
    debs=("$packages"/nina_*.deb "$packages"/nina-dkms_*.deb)
    [ -f "${debs[0]}" ] && [ ${#debs[@]} -eq 2 ] && [ -f "${debs[1]}" ] ||
        fail "expected one nina_*.deb and one nina-dkms_*.deb in $packages: 'Tools/package' makes them"
    [ "$(id -u)" -eq 0 ] || fail "expected root, which makes the tree: run it with sudo"
    # By program: the package of Debian that has it.
    for pair in mmdebstrap:mmdebstrap ip:iproute2 unshare:util-linux python3:python3; do
        command -v "${pair%%:*}" >/dev/null || fail "missing ${pair%%:*}: install it by 'apt-get install ${pair#*:}'"
    done
    python3 -m pip --version >/dev/null 2>&1 || fail "missing pip: install it by 'apt-get install python3-pip'"
    source /etc/os-release
    [ "$ID" = debian ] || fail "expected Debian, whose release the packages are for, got $ID"
    mkdir -p "$store/mount"
    exec 9>"$store/lock"
    flock 9
}

# Makes the base, which is kept. It has drivers from PyPI, and the packages of this run.
make_base() {
    if [ ! -d "$base" ]; then
        rm -rf "$store/part"
        mmdebstrap --quiet --variant=apt "$VERSION_CODENAME" "$store/part"
        python3 -m pip --quiet install --root-user-action=ignore --no-deps --no-compile --target "$store/part/opt/drivers" \
            -r "$folder/../Drivers/requirements.txt"
        mv "$store/part" "$base"
    fi
    rm -rf "$base/opt/try" && mkdir -p "$base/opt/try"
    cp "$folder"/in-tree/* "$folder/../../Tools/adapters/python/examples"/* "${debs[@]}" "$base/opt/try/"
    chroot "$base" apt-get -qq update
}

# Downloads packages with what they need into the base's store, so that a tree without a network can install them. Arguments: apt-get's.
download() {
    chroot "$base" apt-get -qq install --download-only "$@" >/dev/null
}

# Runs a script in a copy of the base in memory, with processes, mounts and a network of its own: when it ends, nothing of them is left.
# Arguments: the script of in-tree, what it gets, and what runs afterwards, in the folder of the copy.
in_tree() {
    local pass=$1 argument=$2 next=${3:-true}
    # shellcheck disable=SC2016
    timeout --foreground -k 5 900 unshare --net --pid --fork --kill-child --mount --uts --ipc --cgroup bash -euc '
        ip link set lo up
        mount -t tmpfs -o size=2g,mode=755 tree "$1/mount"
        mkdir "$1"/mount/{upper,work,root}
        mount -t overlay -o "lowerdir=$1/base,upperdir=$1/mount/upper,workdir=$1/mount/work" tree "$1/mount/root"
        mount -t proc proc "$1/mount/root/proc"
        cd "$1/mount/root"
        chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh "/opt/try/$2" "$3"
        eval "$4"
    ' - "$store" "$pass" "$argument" "$next"
}
