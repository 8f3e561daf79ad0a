#!/bin/sh
# Fetches the source of CMocka from Debian, through the package mirror that this machine already
# uses, and unpacks it: get-cmocka.sh DIR. Prints the folder that holds it. Writes only under DIR;
# /etc/apt is read, not changed, and the archive's signatures are checked.
set -eu
dir=$(mkdir -p "$1" && cd "$1" && pwd)

find_source() { find "$dir" -maxdepth 1 -type d -name 'cmocka-*' | head -n 1; }
found=$(find_source)
if [ -n "$found" ]; then
    echo "$found"
    exit 0
fi

mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/apt/etc/parts"
: >"$dir/apt/etc/status"
# The machine's own sources, as source packages, in both formats that apt knows.
for list in /etc/apt/sources.list.d/*.sources; do
    [ -e "$list" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$list" >"$dir/apt/etc/parts/$(basename "$list")"
done
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$list" ] || continue
    sed -n 's/^deb /deb-src /p' "$list" >"$dir/apt/etc/parts/$(basename "$list")"
    [ -s "$dir/apt/etc/parts/$(basename "$list")" ] || rm "$dir/apt/etc/parts/$(basename "$list")"
done

# APT::Sandbox::User: apt's own user cannot write here.
apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$dir/apt/etc/parts" \
        -o Dir::State="$dir/apt" -o Dir::State::Lists="$dir/apt/lists" \
        -o Dir::State::status="$dir/apt/etc/status" -o Dir::Cache="$dir/apt/cache" \
        -o APT::Sandbox::User=root -o APT::Update::Post-Invoke-Success::= \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Get::List-Cleanup=false "$@"
}
apt update >&2
cd "$dir"
apt --download-only source cmocka >&2
# apt has matched the files with the signed index; --no-check skips only the packager's key.
dpkg-source -q --no-check -x cmocka_*.dsc >&2
rm -rf "$dir/apt"
find_source
