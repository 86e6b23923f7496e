//! The README's Rust is the example `readme`, word for word, and prints what the README says.

use std::process::Command;

fn block<'a>(page: &'a str, fence: &str) -> &'a str {
    page.split(&format!("```{fence}\n")).nth(1).unwrap().split("```").next().unwrap()
}

#[test]
fn the_readme_is_true() {
    let page = include_str!("../../../README.md");
    assert_eq!(block(page, "rust"), include_str!("../../examples/readme.rs"));
    // Cargo builds the examples next to the tests.
    let here = std::env::current_exe().unwrap();
    let example =
        here.parent().unwrap().with_file_name("examples").join("readme").with_extension(std::env::consts::EXE_EXTENSION);
    let output = Command::new(example).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), block(page, "text"));
}
