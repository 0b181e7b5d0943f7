//! The rules of the house, held by tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The library's modules in the order in which `lib.rs` lists them.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let name = |line: &str| {
        let (name, _) = line.strip_prefix("pub mod ")?.split_once(';')?;
        Some(name.to_owned())
    };
    lib.lines().filter_map(name).collect()
}

/// All files of a module: `name.rs` and what is in the folder `name`.
fn files(module: &str) -> Vec<PathBuf> {
    let mut files = vec![src().join(format!("{module}.rs"))];
    let mut folders = vec![src().join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The modules of this crate that a text names: after `crate::`, alone or in braces.
fn named(text: &str) -> Vec<&str> {
    let word = |s: &str| {
        s.len()
            - s.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
                .len()
    };
    let mut names = Vec::new();
    for (at, found) in text.match_indices("crate::") {
        // `$crate::` and the end of another word are not ours.
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &text[at + found.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            names.push(&rest[..word(rest)]);
            continue;
        };
        // Names directly inside the braces; what stands deeper belongs to one of them.
        let (mut depth, mut start) = (0, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if depth == 0 && start && c.is_alphanumeric() => {
                    names.push(&list[at..at + word(&list[at..])]);
                    start = false;
                }
                _ => {}
            }
        }
    }
    names
}

/// A file without comments, which may point anywhere, and without its tests, which may use what they like.
fn program(text: &str) -> String {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

#[test]
fn names_are_found_alone_and_in_braces() {
    let text = "use crate::menu::Menu; use crate::{money::{Money, x}, order}; $crate::no; mycrate::no; crate::a_b()";
    assert_eq!(named(text), ["menu", "money", "order", "a_b"]);
}

#[test]
fn a_module_uses_only_modules_listed_above_it() {
    let modules = modules();
    assert!(
        modules.len() > 5,
        "lib.rs lists the modules as `pub mod name;`"
    );
    let place = |name: &str| modules.iter().position(|m| m == name);
    let mut wrong = Vec::new();
    for (at, module) in modules.iter().enumerate() {
        for file in files(module) {
            if file.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            for used in named(&program(&text)) {
                if place(used).is_some_and(|used| used > at) {
                    let file = file.strip_prefix(src()).unwrap().display().to_string();
                    wrong.push(format!(
                        "src/{file}: `{module}` uses `{used}`, listed below it in src/lib.rs"
                    ));
                }
            }
        }
    }
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "move the module in src/lib.rs, or turn the dependency round:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_module_has_its_line_in_the_map() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let bare: Vec<_> = lib
        .lines()
        .filter(|l| l.starts_with("pub mod ") && !l.contains("; // "))
        .collect();
    assert!(bare.is_empty(), "say in a few words what it is: {bare:?}");
}
