//! Stylesheets: one sheet a surface, its imports put in place, minified.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

use crate::assets::{self, Compression, Fingerprint, Stamp};
use crate::workspace::{self, Workspace};

/// The sheets that pages link to.
pub const SHEETS: [&str; 3] = ["portal.css", "console.css", "field.css"];

/// Where the fonts are kept, below the project's root.
pub const FONTS: &str = "style/fonts";

/// Publishes the sheets and the fonts to `<site>/pkg`.
pub fn publish(workspace: &Workspace, compression: Compression) -> Result<()> {
    let style = workspace.root.join("style");
    let pkg = workspace.site.join("pkg");
    let mut print = Fingerprint::new(compression);
    for file in workspace::files_below(&style)? {
        print.add_file(&style.join(file))?;
    }
    let stamp = Stamp::new(&workspace.scratch(), "styles", print.finish());
    if SHEETS.iter().all(|sheet| stamp.is_fresh(&pkg.join(sheet))) {
        return Ok(());
    }
    for sheet in SHEETS {
        assets::publish(&pkg.join(sheet), bundle(&style.join(sheet))?.as_bytes(), compression)?;
    }
    for font in fonts(&workspace.root)? {
        let content = assets::read(&workspace.root.join(FONTS).join(&font))?;
        assets::publish(&pkg.join("fonts").join(&font), &content, compression)?;
    }
    stamp.save()
}

/// The fonts and their licences, by file name.
pub fn fonts(root: &Path) -> Result<Vec<String>> {
    let files = workspace::files_below(&root.join(FONTS))?;
    let names = files.iter().filter_map(|file| file.to_str().map(str::to_owned));
    Ok(names.filter(|name| [".woff2", ".txt"].iter().any(|kind| name.ends_with(kind))).collect())
}

/// One minified sheet from a file and everything it imports.
pub fn bundle(entry: &Path) -> Result<String> {
    let mut source = String::new();
    append(entry, &mut BTreeSet::new(), &mut source)?;
    minify(&source, entry)
}

fn append(file: &Path, seen: &mut BTreeSet<PathBuf>, source: &mut String) -> Result<()> {
    if !seen.insert(file.to_path_buf()) {
        return Ok(());
    }
    let text =
        String::from_utf8(assets::read(file)?).with_context(|| format!("{} is not UTF-8", file.display()))?;
    // Parsed alone first, so that an error names the file it is in.
    parse(&text, file)?;
    for line in text.lines() {
        match import(line) {
            None => {
                source.push_str(line);
                source.push('\n');
            }
            Some((name, "")) => append(&file.with_file_name(name), seen, source)?,
            Some((_, condition)) => bail!("{}: `@import … {condition}` is not supported", file.display()),
        }
    }
    Ok(())
}

/// The file and the condition of an `@import "file" condition;` line.
fn import(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim().strip_prefix("@import")?.trim().strip_suffix(';')?.trim();
    let rest = rest.strip_prefix("url(").map_or(rest, |inner| inner.trim_end_matches(')'));
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, condition) = rest.get(1..)?.split_once(quote)?;
    Some((name, condition.trim()))
}

fn parse<'a>(text: &'a str, file: &Path) -> Result<StyleSheet<'a>> {
    let options = ParserOptions { filename: file.display().to_string(), ..ParserOptions::default() };
    StyleSheet::parse(text, options).map_err(|error| anyhow!("{error}"))
}

/// Phones and offices keep old browsers for years: newer syntax is rewritten for these.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Targets::from(Browsers {
        chrome: version(109, 0),
        firefox: version(115, 0),
        safari: version(15, 4),
        ios_saf: version(15, 4),
        samsung: version(20, 0),
        ..Browsers::default()
    })
}

fn minify(text: &str, file: &Path) -> Result<String> {
    let mut sheet = parse(text, file)?;
    sheet
        .minify(MinifyOptions { targets: targets(), ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error}"))?;
    let options = PrinterOptions { minify: true, targets: targets(), ..PrinterOptions::default() };
    Ok(sheet.to_css(options).map_err(|error| anyhow!("{error}"))?.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("saldar-styles-{}-{name}", std::process::id()));
        for (file, text) in files {
            assets::write(&folder.join(file), text.as_bytes()).unwrap();
        }
        folder
    }

    #[test]
    fn imports_are_put_in_place_once_and_in_order() {
        let folder = folder(
            "order",
            &[
                ("tokens.css", ":root { --ink: #123456; }"),
                ("base.css", "@import \"tokens.css\";\nbody { color: var(--ink); }"),
                ("portal.css", "@import \"tokens.css\";\n@import url('base.css');\n.debt { margin: 0px; }"),
            ],
        );
        let css = bundle(&folder.join("portal.css")).unwrap();
        assert_eq!(css, ":root{--ink:#123456}body{color:var(--ink)}.debt{margin:0}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_mistake_names_the_file_it_is_in() {
        let folder =
            folder("error", &[("base.css", "a { color: red"), ("portal.css", "@import \"missing.css\";")]);
        let message = format!("{:#}", bundle(&folder.join("portal.css")).unwrap_err());
        assert!(message.contains("missing.css"), "{message}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn import_lines_are_read() {
        assert_eq!(import("@import 'a.css';"), Some(("a.css", "")));
        assert_eq!(import(" @import url(\"a.css\");"), Some(("a.css", "")));
        assert_eq!(import("@import \"a.css\" print;"), Some(("a.css", "print")));
        assert_eq!(import("a { color: red }"), None);
    }
}
