//! The guide's rulebooks and error messages are what the library reads and says.

use engagement_core::Rulebook;

#[test]
fn rulebooks_of_the_guide_are_valid() {
    let page = include_str!("../../../docs/rulebook.md");
    let mut read = 0;
    for block in page.split("```toml\n").skip(1) {
        Rulebook::from_toml(block.split("```").next().unwrap()).unwrap();
        read += 1;
    }
    assert!(read > 0);
    let broken = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().replace("\"365d\"", "\"90\"");
    let said = Rulebook::from_toml(&broken).unwrap_err().to_string();
    let promised = page.split("```text\n").nth(1).unwrap().lines().next().unwrap();
    assert!(said.starts_with(promised), "{said}");
}
