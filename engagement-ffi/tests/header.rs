//! `include/engagement.h` and `include/engagement.cpy` are what the sources say. To write them anew:
//! `ENGAGEMENT_BLESS=1 cargo test -p engagement-ffi --test header`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The sections of the header: what they are about, and the source.
const SECTIONS: [(&str, &str); 30] = [
    ("Status codes, and what the library says of itself", "status"),
    ("Ledgers", "ledger"),
    ("Batches: which memory of yours holds which field of the rows", "batch"),
    ("Rows into a ledger", "load"),
    ("Rulebooks", "rulebook"),
    ("One customer", "score"),
    ("Why a customer scores so", "explain"),
    ("All customers", "scores"),
    ("Purchases: what the models of repeat buying and of spend are fitted to", "purchases"),
    ("Models: loaded, saved, and their parameters", "model"),
    ("How a model is fitted, and to what", "fit"),
    ("Customers who differ in known ways: covariates", "covariates"),
    ("How far a fit can be trusted", "evidence"),
    ("Bootstraps: a model refitted to customers drawn from it", "bootstrap"),
    ("Posteriors: models drawn from what priors and purchases say of the parameters", "posterior"),
    ("What a model of purchases predicts", "predict"),
    ("What a model of spend says", "spend"),
    ("How sure a fit is of what it predicts", "intervals"),
    ("What a model of contracts or of opportunities says", "contract"),
    ("The same of many contracts and of many customers with opportunities", "contract_columns"),
    ("How likely a model makes what customers did", "likelihood"),
    ("Customers drawn from a model", "simulate"),
    ("Forecasts: what customers will do and are worth, by a rulebook with models", "forecast"),
    ("Why all customers together are worth more, or less, than before", "bridge"),
    ("Engagement ratios", "ratio"),
    ("Stages: new, active, at risk, lapsed", "stages"),
    ("Scores and segments by recency, frequency and monetary value", "rfm"),
    ("The cohort table", "retention"),
    ("Survival curves", "survival"),
    ("Validation: what models and rulebooks predict, beside what came", "validation"),
];
const LAST: (&str, &str) = ("Times and amounts as text", "convert");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What cbindgen makes of one source: handles, and all the rest. Mended: parentheses around negative numbers, a calling convention,
/// lines that can be read.
fn section(source: &str) -> (String, String) {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml");
    // cbindgen knows only the convention "C"; which one it is, is said by ENG_CALL.
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("header-{source}-{:?}.rs", std::thread::current().id()));
    std::fs::write(&copy, read(&format!("src/{source}.rs")).replace("extern \"system\" fn", "extern \"C\" fn")).expect("write");
    let builder = cbindgen::Builder::new().with_config(config).with_src(copy);
    let mut bytes = Vec::new();
    builder.generate().expect("cbindgen").write(&mut bytes);
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (mut handles, mut rest, mut after_number) = (String::new(), String::new(), false);
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let (comment, code) = block.split_once("*/").unwrap_or_else(|| panic!("{source}: no comment at {block}"));
        let (comment, code) = (reflow(comment), code.trim());
        let number = code.starts_with("#define ");
        if code.starts_with("typedef struct ") {
            writeln!(handles, "{comment}{code}").unwrap();
            continue;
        }
        if code.starts_with("struct ") {
            // Declared by the typedef as well.
            continue;
        }
        if after_number && !number {
            rest.push('\n');
        }
        after_number = number;
        match code.split_once(" -").filter(|_| number) {
            Some((name, value)) => writeln!(rest, "{comment}{name} (-{value})").unwrap(),
            None if number => writeln!(rest, "{comment}{code}").unwrap(),
            None => writeln!(rest, "{comment}{}", declaration(code)).unwrap(),
        }
    }
    (handles, rest)
}

/// A comment of lines up to 112 characters, in the style of C90.
fn reflow(comment: &str) -> String {
    let body = comment.trim_start().trim_start_matches("/**").replace('`', "");
    let lines = body.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let paragraphs = lines.collect::<Vec<_>>().join("\n");
    let mut text = String::new();
    for paragraph in paragraphs.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !text.is_empty() {
            text.push_str(" *\n");
        }
        text.push_str(&wrapped(&paragraph.split_whitespace().collect::<Vec<_>>(), " * ", " * "));
    }
    assert!(!text.contains("/*") && !text.contains("*/") && !text.contains("//"), "{text}");
    match text.trim_end().split_once('\n') {
        None => format!("/** {} */\n", text.trim_end().trim_start_matches(" * ")),
        Some(_) => format!("/**\n{text} */\n"),
    }
}

fn wrapped(words: &[&str], first: &str, next: &str) -> String {
    let (mut text, mut line) = (String::new(), first.to_owned());
    for word in words {
        if line.trim_end().len() > 2 && line.chars().count() + word.chars().count() > 112 {
            writeln!(text, "{}", line.trim_end()).unwrap();
            line = next.to_owned();
        }
        line.push_str(word);
        line.push(' ');
    }
    writeln!(text, "{}", line.trim_end()).unwrap();
    text
}

fn declaration(code: &str) -> String {
    let code =
        code.split_whitespace().collect::<Vec<_>>().join(" ").replace("ENG_API int32_t eng_", "ENG_API int32_t ENG_CALL eng_");
    assert!(code.starts_with("ENG_API int32_t ENG_CALL eng_") && code.ends_with(");"), "not a function: {code}");
    // An argument stays on one line.
    let glued: Vec<String> = code.split(", ").map(|argument| argument.replace(' ', "\u{a0}")).collect();
    let joined = glued.join(", ");
    wrapped(&joined.split(' ').collect::<Vec<_>>(), "", "    ").replace('\u{a0}', " ")
}

fn header() -> String {
    let mut head = read("include/head.h.in");
    for (name, value) in [
        ("@VERSION@", env!("CARGO_PKG_VERSION")),
        ("@MAJOR@", env!("CARGO_PKG_VERSION_MAJOR")),
        ("@MINOR@", env!("CARGO_PKG_VERSION_MINOR")),
        ("@PATCH@", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        head = head.replace(name, value);
    }
    let (mut types, mut rest) = (String::new(), String::new());
    for (title, source) in SECTIONS.into_iter().chain([LAST]) {
        let (handles, functions) = section(source);
        types.push_str(&handles);
        writeln!(rest, "/*\n * {title}\n * {}\n */\n\n{functions}", "-".repeat(title.len())).unwrap();
    }
    format!("{head}\n{types}\n{rest}#ifdef __cplusplus\n}}\n#endif\n\n#endif /* ENGAGEMENT_H */\n").replace("\n\n\n", "\n\n")
}

/// The numbers of the header for COBOL, as items that can be passed by value.
fn copybook(header: &str) -> String {
    let mut text = String::from(
        "      *> engagement.cpy: the numbers of engagement.h for COBOL.\n\
         \x20     *> Generated with it. Pass them BY VALUE as they stand: items of\n\
         \x20     *> 4 bytes, but ENG-NUL-TERMINATED, which is a length of 8.\n\
         \x20      01  ENG-NUMBERS.\n\
         \x20          05 ENG-NUL-TERMINATED PIC S9(18) COMP-5 VALUE -1.\n",
    );
    for line in header.lines() {
        let Some((name, number)) = line.strip_prefix("#define ").and_then(|rest| rest.split_once(' ')) else { continue };
        let number = number.trim_matches(['(', ')']);
        if number.parse::<i32>().is_ok() {
            let name = name.replace('_', "-");
            assert!(name.len() <= 31, "COBOL words have at most 31 characters: {name}");
            let item = format!("           05 {name} PIC S9(9) COMP-5 VALUE {number}.");
            assert!(item.len() <= 72, "longer than a line of COBOL: {item}");
            writeln!(text, "{item}").unwrap();
        }
    }
    text
}

fn compare(path: &str, fresh: &str) {
    let file = root().join(path);
    if std::env::var_os("ENGAGEMENT_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&file, fresh).expect("write");
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if let Some((line, (old, new))) = committed.lines().zip(fresh.lines()).enumerate().find(|(_, (old, new))| old != new) {
        panic!(
            "{path} is not what the sources say. Line {}:\n  committed: {old}\n  sources:   {new}\nRun ENGAGEMENT_BLESS=1 cargo test -p engagement-ffi --test header",
            line + 1
        );
    }
    assert_eq!(committed.len(), fresh.len(), "{path} ends before or after what the sources say");
}

#[test]
fn header_is_what_the_sources_say() {
    let header = header();
    compare("include/engagement.h", &header);
    compare("include/engagement.cpy", &copybook(&header));
}

#[test]
fn every_function_says_since_when_from_which_thread_and_what_can_fail() {
    let header = header();
    let functions: Vec<&str> = header.split("ENG_API int32_t ENG_CALL ").skip(1).collect();
    assert!(functions.len() > 50, "{} functions", functions.len());
    let mut before = header.split("ENG_API int32_t ENG_CALL ").next().unwrap();
    for function in functions {
        let name = function.split('(').next().unwrap();
        let comment = before.rsplit("/**").next().unwrap();
        for wanted in ["Since 0.", "any thread", "Errors:"] {
            let comment = comment.replace("\n * ", " ");
            assert!(comment.contains(wanted), "{name}: no \"{wanted}\" in its comment");
        }
        assert!(name.starts_with("eng_"), "{name}");
        before = function;
    }
}

/// Only what every language can pass: no struct, bool, `size_t`, long, unsigned, enum or callback.
#[test]
fn only_types_that_every_language_has() {
    let header = header();
    for function in header.split("ENG_API int32_t ENG_CALL ").skip(1) {
        let (name, rest) = function.split_once('(').unwrap();
        let (arguments, _) = rest.split_once(");").unwrap();
        for argument in arguments.split(',') {
            let words: Vec<&str> = argument.split_whitespace().collect();
            let kind = words[..words.len() - 1].join(" ")
                + if words[words.len() - 1].starts_with("**") {
                    " **"
                } else if words[words.len() - 1].starts_with('*') {
                    " *"
                } else {
                    ""
                };
            let kind = kind.replace("const ", "").replace(" *", "*");
            let base = kind.trim_end_matches('*');
            let handle = base.starts_with("eng_") && header.contains(&format!("typedef struct {base}_tag *{base};"));
            assert!(handle || ["int32_t", "int64_t", "double", "char"].contains(&base), "{name}: {argument}");
            assert!(base != "char" || kind.ends_with('*'), "{name}: {argument}");
        }
    }
}
