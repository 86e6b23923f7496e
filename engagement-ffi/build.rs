//! Names the shared library for the loader: `libengagement.so.1`, where 1 is `ENG_ABI_VERSION`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let family = std::env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    let vendor = std::env::var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    // ELF only: Windows finds a library by its file name, macOS by an install name that the installer sets.
    if family == "unix" && vendor != "apple" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libengagement.so.1");
    }
}
