# shellcheck shell=bash
#
# Debian packages that a script needs. Sourced; ensure_packages NAME... installs what is missing, and
# fetch_source NAME DIR gets what Debian made a package of.

missing_packages() {
    local name
    for name; do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed ||
            echo "$name"
    done
}

# Installs the packages that are missing, as root or with sudo where that asks no password.
# Otherwise says which they are and fails.
ensure_packages() {
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        echo "These packages are missing, and only root can install them:" >&2
        echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# fetch_source NAME DIR: a package's source, as its authors published it, into DIR (from the root),
# from where the system gets its packages. apt's lists of sources are kept there, too, so that the
# system's stay as they are.
fetch_source() {
    local name=$1 dir=$2 file apt
    mkdir -p "$dir/apt/parts" "$dir/apt/lists/partial"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
        [ ! -f "$file" ] || sed -E 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" \
            >"$dir/apt/parts/${file##*/}"
    done
    apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dir/apt/parts"
        -o "Dir::State::lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt")
    (cd "$dir" && "${apt[@]}" update && "${apt[@]}" source --download-only "$name" &&
        tar -xf "$name"_*.orig.tar.*)
}
