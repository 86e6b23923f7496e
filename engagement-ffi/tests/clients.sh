#!/usr/bin/env bash
# Installs the library and runs programs in other languages against it. What they print must be what Rust prints.
#
#   engagement-ffi/tests/clients.sh
#
# What needs a system package that is not there (COBOL, valgrind) is skipped in words, and is a failure when CI=true.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
ffi=$here/..
cd "$ffi/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
header=$ffi/include/engagement.h

say() { printf 'clients: %s\n' "$*"; }
die() {
    printf 'clients: FAILED: %s\n' "$*" >&2
    exit 1
}
# Skips a step whose tool is missing; on CI it must be there.
missing() {
    [ "${CI:-}" = true ] && die "$1 is not installed, and CI must run everything"
    say "skipped: $2 ($1 is not installed)"
}
have() { command -v "$1" >/dev/null 2>&1; }
same() {
    if ! diff -u "$1" "$2" >&2; then
        die "$3 prints other numbers than Rust"
    fi
    say "$3: the numbers of Rust"
}

cc=${CC:-cc}
have "$cc" || die "$cc is not installed: a C compiler is needed"

# --- install --------------------------------------------------------------------------------------------------------
"$ffi/install.sh" "$prefix"
lib=$prefix/lib
export LD_LIBRARY_PATH=$lib PKG_CONFIG_PATH=$lib/pkgconfig
static=$(sed -n 's/^Libs.private: //p' "$lib/pkgconfig/engagement.pc")
[ -n "$static" ] || die "engagement.pc does not say what a static link needs"

# Not in release mode: the numbers do not depend on it, and the tests have built this already.
cargo run --quiet -p engagement-ffi --example rust_client >"$work/rust.txt"
[ "$(wc -l <"$work/rust.txt")" -ge 10 ] || die "the Rust client prints too little"
cargo run --quiet -p engagement-ffi --example rust_models >"$work/rust_models.txt"
[ "$(wc -l <"$work/rust_models.txt")" -ge 20 ] || die "the Rust client of models prints too little"

# --- what the shared library exports, and what it is called ---------------------------------------------------------
if [ "$(uname -s)" = Linux ]; then
    nm -D --defined-only "$lib/libengagement.so" | awk '{print $NF}' | sort >"$work/exported"
    grep -o 'ENG_CALL eng_[a-z0-9_]*(' "$header" | sed 's/ENG_CALL //; s/(//' | sort >"$work/declared"
    [ -s "$work/declared" ] || die "no function found in the header"
    diff -u "$work/declared" "$work/exported" >&2 || die "the header (-) and the library (+) do not have the same functions"
    say "symbols: the library exports the $(wc -l <"$work/declared") functions of the header and nothing else"
    soname=$(readelf -d "$lib/libengagement.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
    [ "$soname" = libengagement.so.1 ] || die "the SONAME is \"$soname\""
    [ "$(readlink -f "$lib/$soname")" = "$(readlink -f "$lib/libengagement.so")" ] || die "$soname leads elsewhere"
    say "soname: $soname"
fi

# --- versions: manifest, macros, library, pkg-config ----------------------------------------------------------------
manifest=$(cargo pkgid -p engagement-ffi | sed 's/.*[#@]//')
"$cc" -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" "$here/version.c" -o "$work/version" -L"$lib" -lengagement
printf '%s\n%s\n%s\n%s\nabi 1 1 3\n' "$manifest" "$manifest" "$manifest" "$manifest" >"$work/versions"
diff -u "$work/versions" <("$work/version") >&2 || die "manifest (-) and macros or library (+) have other versions"
[ "$(sed -n 's/^Version: //p' "$lib/pkgconfig/engagement.pc")" = "$manifest" ] || die "engagement.pc has another version"
say "version: $manifest everywhere"

# --- C ----------------------------------------------------------------------------------------------------------------
c=$ffi/examples/c
for standard in "-std=c90 -pedantic-errors" "-std=c99 -Wall -Wextra -Wpedantic -Werror"; do
    # shellcheck disable=SC2086
    "$cc" $standard -I"$prefix/include" "$c/client.c" -o "$work/c_shared" -L"$lib" -lengagement
    "$work/c_shared" >"$work/c.txt"
    same "$work/rust.txt" "$work/c.txt" "C, shared ($standard)"
    # shellcheck disable=SC2086
    "$cc" $standard -I"$prefix/include" "$c/client.c" -o "$work/c_static" "$lib/libengagement.a" $static
    env -u LD_LIBRARY_PATH "$work/c_static" >"$work/c.txt"
    same "$work/rust.txt" "$work/c.txt" "C, static ($standard)"
    # shellcheck disable=SC2086
    "$cc" $standard -I"$prefix/include" "$c/models.c" -o "$work/c_models" -L"$lib" -lengagement
    "$work/c_models" >"$work/c.txt"
    same "$work/rust_models.txt" "$work/c.txt" "C, models ($standard)"
    # shellcheck disable=SC2086
    "$cc" $standard -I"$prefix/include" "$c/same_bits.c" -o "$work/same_bits" -L"$lib" -lengagement
done
if have pkg-config; then
    # shellcheck disable=SC2046
    "$cc" "$c/client.c" $(pkg-config --cflags --libs engagement) -o "$work/c_pc"
    "$work/c_pc" >"$work/c.txt"
    same "$work/rust.txt" "$work/c.txt" "C, by pkg-config"
else
    missing pkg-config "C by pkg-config"
fi
if have valgrind; then
    valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect \
        "$work/c_shared" >"$work/c.txt" || die "valgrind found an error in the C client"
    same "$work/rust.txt" "$work/c.txt" "C, under valgrind"
else
    missing valgrind "C under valgrind"
fi

# --- the C of the README and of docs/c.md -------------------------------------------------------------------------------
# A page's first C program, and its first text, which is what the program prints.
documented() {
    awk '/^```c$/ && !seen { on = 1; seen = 1; next } /^```$/ { on = 0 } on' "$1" >"$work/page.c"
    awk '/^```text$/ && !seen { on = 1; seen = 1; next } /^```$/ { on = 0 } on' "$1" >"$work/page.txt"
    [ -s "$work/page.c" ] && [ -s "$work/page.txt" ] || die "$1 has no C, or no answer"
    "$cc" -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" "$work/page.c" -o "$work/page" -L"$lib" -lengagement
    "$work/page" <"$2" >"$work/page_c.txt"
    diff -u "$work/page.txt" "$work/page_c.txt" >&2 || die "the C of $1 does not print what the page says"
    say "$1: its C prints what it says"
}
documented README.md /dev/null
documented docs/c.md engagement-core/tests/data/cdnow_sample_summary.csv

# --- the same bits whichever way the rows come in ------------------------------------------------------------------
awk 'BEGIN {
    OFS = "\t"; split("purchase refund visit review complaint mention renewal survey", kind, " ")
    for (n = 0; n < 2000; n++) {
        k = kind[n * 7 % 8 + 1]; rated = k == "review" || k == "survey"
        print "c" n % 1511, sprintf("%.0f", 1750000000000000 + n * 11111111111), k, \
            k ~ /purchase|refund/ ? sprintf("%.0f", n * 1234567 % 90000000) : "", \
            rated ? n % 5 + 1 : "", k == "mention" ? n % 13 : "", n % 17 == 0 ? "c" (n + 1) % 1511 : "", "", n % 3 == 0 ? "i" n % 9 : "", \
            n % 2 == 0 ? "web" : "shop", "u" n % 4, "", "", "", "id" n
    }
}' >"$work/log.tsv"
cp engagement-core/src/rulebook/standard.toml "$work/rules.toml"
for way in columns rows; do
    "$work/same_bits" "$work/log.tsv" "$work/rules.toml" 1775000000000000 "$way" >"$work/bits_$way"
done
[ "$(wc -l <"$work/bits_rows")" -eq 1511 ] || die "same_bits does not print 1511 customers"
grep -q '	-	' "$work/bits_rows" || die "same_bits prints no missing value"
cmp "$work/bits_rows" "$work/bits_columns" >&2 || die "rows and columns give other bits"
say "same bits: rows and columns"

# --- the same bits of fitted models: CDNOW, whose dates become microseconds since 1970 -----------------------------
awk -F, 'BEGIN { OFS = "\t" } NR > 1 {
    split($3, date, "-"); y = date[1] - (date[2] < 3); m = (date[2] + 9) % 12
    days = y * 365 + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m + 2) / 5) + date[3] - 719469
    print $2, sprintf("%.0f", days * 86400000000), "purchase", sprintf("%.0f", $5 * 1000000), "", "", "", "", "", "", "", "", "", "", ""
}' engagement-core/tests/data/cdnow_sample.csv >"$work/cdnow.tsv"
until=875663999999999
cargo run --quiet -p engagement-core --example same_bits -- models "$work/cdnow.tsv" $until >"$work/models_rust"
[ "$(grep -c '^model' "$work/models_rust")" -eq 7 ] && [ "$(wc -l <"$work/models_rust")" -eq $((8 * 2357 + 7)) ] ||
    die "same_bits does not fit 7 models to 2357 customers"
for way in columns rows; do
    "$work/same_bits" models "$work/cdnow.tsv" $until "$way" >"$work/models_$way"
    cmp "$work/models_rust" "$work/models_$way" >&2 || die "models fitted through C have other bits than in Rust"
done
say "same bits: 7 models fitted, every customer predicted"

# --- loaded, used, unloaded ---------------------------------------------------------------------------------------------
"$cc" -std=gnu99 -Wall -Wextra -Werror -I"$prefix/include" "$here/unload.c" -o "$work/unload" -ldl
"$work/unload" "$lib/libengagement.so.1" || die "loading, unloading and forking"
say "unload: dlopen, use, dlclose, fork, a hundred times"

# --- C++ ------------------------------------------------------------------------------------------------------------------
if have g++; then
    for standard in c++98 c++17; do
        g++ -std=$standard -Wall -Wextra -pedantic-errors -Werror -I"$prefix/include" "$ffi/examples/cpp/client.cpp" \
            -o "$work/cpp" -L"$lib" -lengagement
        "$work/cpp" >"$work/cpp.txt"
        same "$work/rust.txt" "$work/cpp.txt" "C++ ($standard)"
        g++ -std=$standard -Wall -Wextra -pedantic-errors -Werror -I"$prefix/include" "$ffi/examples/cpp/models.cpp" \
            -o "$work/cpp_models" -L"$lib" -lengagement
        "$work/cpp_models" >"$work/cpp.txt"
        same "$work/rust_models.txt" "$work/cpp.txt" "C++, models ($standard)"
    done
else
    missing g++ "C++"
fi

# --- COBOL ----------------------------------------------------------------------------------------------------------------
if have cobc; then
    cobc -x -fstatic-call -I "$prefix/share/engagement" -o "$work/cobol" "$ffi/examples/cobol/client.cob" -L"$lib" -lengagement
    "$work/cobol" >"$work/cobol.txt"
    same "$work/rust.txt" "$work/cobol.txt" "COBOL"
else
    missing cobc "COBOL"
fi
say "all clients agree"
