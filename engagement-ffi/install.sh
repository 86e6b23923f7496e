#!/usr/bin/env bash
# Builds the C library in release mode and installs it: shared and static library, headers, copybook, pkg-config file.
#
#   engagement-ffi/install.sh PREFIX
#
# DESTDIR, if set, is put before every path, for packagers. CARGO_TARGET_DIR is minded.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: $0 PREFIX" >&2
    exit 2
fi
case "$1" in
/*) prefix=$1 ;;
*) prefix=$PWD/$1 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

manifest=$(cargo metadata --format-version 1 --no-deps)
target=$(sed 's/.*"target_directory":"\([^"]*\)".*/\1/' <<<"$manifest")
version=$(cargo pkgid -p engagement-ffi | sed 's/.*[#@]//')
soname=libengagement.so.1

# What a program needs beside the static library is said by the compiler itself.
log=$(cargo rustc --release -p engagement-ffi --lib -- --print native-static-libs 2>&1) || {
    echo "$log" >&2
    exit 1
}
private=$(sed -n 's/^note: native-static-libs: //p' <<<"$log" | head -n 1)
if [ -z "$private" ]; then
    echo "the compiler did not say which libraries a static link needs" >&2
    exit 1
fi

root=${DESTDIR:-}$prefix
install -d "$root/include" "$root/lib/pkgconfig" "$root/share/engagement"
install -m 644 engagement-ffi/include/engagement.h engagement-ffi/include/engagement.hpp "$root/include/"
install -m 644 engagement-ffi/include/engagement.cpy "$root/share/engagement/"
install -m 644 "$target/release/libengagement.a" "$root/lib/"
if [ "$(uname -s)" = Darwin ]; then
    install -m 755 "$target/release/libengagement.dylib" "$root/lib/libengagement.1.dylib"
    install_name_tool -id "$prefix/lib/libengagement.1.dylib" "$root/lib/libengagement.1.dylib"
    ln -sf libengagement.1.dylib "$root/lib/libengagement.dylib"
else
    install -m 755 "$target/release/libengagement.so" "$root/lib/libengagement.so.$version"
    ln -sf "libengagement.so.$version" "$root/lib/$soname"
    ln -sf "$soname" "$root/lib/libengagement.so"
fi
sed -e "s|@PREFIX@|$prefix|" -e "s|@LIBDIR@|\${exec_prefix}/lib|" -e "s|@VERSION@|$version|" -e "s|@PRIVATE@|$private|" \
    engagement-ffi/engagement.pc.in >"$root/lib/pkgconfig/engagement.pc"
echo "engagement $version is installed in $prefix"
