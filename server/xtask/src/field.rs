//! The field app's folder: page, service worker, scripts and fonts, with the list of what to keep offline.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::assets::{self, Compression, Fingerprint, Stamp};
use crate::workspace::{self, Workspace};
use crate::{bundle, styles};

const SERVICE_WORKER: &str = "sw.js";
const TEXT: [&str; 5] = ["html", "js", "css", "webmanifest", "json"];

/// Contents by file name, relative to the field app's folder.
type Files = BTreeMap<String, Vec<u8>>;

/// Publishes the field app to `<site>/field`.
pub fn publish(workspace: &Workspace, compression: Compression) -> Result<()> {
    let made = bundle::make(workspace, &bundle::FIELD)?;
    let mut files = Files::new();
    add_folder(&mut files, &made, "")?;
    add_folder(&mut files, &workspace.root.join("mobile/static"), "")?;
    for font in styles::fonts(&workspace.root)? {
        files.insert(format!("fonts/{font}"), assets::read(&workspace.root.join(styles::FONTS).join(&font))?);
    }
    files.insert("field.css".into(), styles::bundle(&workspace.root.join("style/field.css"))?.into_bytes());
    let files = assemble(files);

    let mut print = Fingerprint::new(compression);
    for (name, content) in &files {
        print.add(name, content);
    }
    let folder = workspace.site.join("field");
    let stamp = Stamp::new(&workspace.scratch(), "field-published", print.finish());
    if stamp.is_fresh(&folder.join("field.css")) {
        return Ok(());
    }
    // A file left from an earlier build would be served although no list names it.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (name, content) in &files {
        assets::publish(&folder.join(name), content, compression)?;
    }
    stamp.save()
}

fn add_folder(files: &mut Files, folder: &Path, prefix: &str) -> Result<()> {
    for file in workspace::files_below(folder)? {
        let name = file.to_str().context("file names are plain text")?;
        files.insert(format!("{prefix}{name}"), assets::read(&folder.join(&file))?);
    }
    Ok(())
}

/// Fills the placeholders: addresses in every text file, then the list and the build's name, which depend
/// on the finished contents.
fn assemble(files: Files) -> Files {
    let mut files: Files =
        files.into_iter().map(|(name, content)| (name.clone(), fill(&name, content))).collect();
    let precache: Vec<_> = files
        .iter()
        .filter(|(name, _)| *name != SERVICE_WORKER && extension(name) != "txt")
        .map(|(name, content)| json!({ "url": address(name), "sha256": assets::sha256(content) }))
        .collect();
    let list = serde_json::Value::from(precache).to_string();
    if let Some(worker) = files.get_mut(SERVICE_WORKER) {
        let build: String =
            assets::sha256(format!("{list}{}", assets::sha256(worker)).as_bytes()).chars().take(12).collect();
        let text =
            String::from_utf8_lossy(worker).replace("/*__PRECACHE__*/", &list).replace("__BUILD__", &build);
        *worker = text.into_bytes();
    }
    files
}

/// The page is cached under the address a person opens.
fn address(name: &str) -> String {
    if name == "index.html" { "/field/".to_owned() } else { format!("/field/{name}") }
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn fill(name: &str, content: Vec<u8>) -> Vec<u8> {
    // The script that wasm-bindgen wrote needs nothing, and is the one large text here.
    if !TEXT.contains(&extension(name)) || name == "saldar_field.js" {
        return content;
    }
    String::from_utf8_lossy(&content)
        .replace("__JS__", "/field/saldar_field.js")
        .replace("__WASM__", "/field/saldar_field_bg.wasm")
        .replace("__CSS__", "/field/field.css")
        .replace("/pkg/fonts/", "/field/fonts/")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Files {
        [
            ("index.html", "<link href=\"__CSS__\"><script src=\"boot.js\"></script>"),
            ("boot.js", "import init from '__JS__'; init('__WASM__');"),
            ("field.css", "@font-face{src:url(/pkg/fonts/a.woff2)}"),
            ("sw.js", "const BUILD = '__BUILD__'; const FILES = /*__PRECACHE__*/;"),
            ("fonts/LICENSE.txt", "OFL"),
        ]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .into()
    }

    fn text(files: &Files, name: &str) -> String {
        String::from_utf8(files[name].clone()).unwrap()
    }

    #[test]
    fn placeholders_are_filled_with_addresses_below_field() {
        let files = assemble(sample());
        assert_eq!(
            text(&files, "index.html"),
            "<link href=\"/field/field.css\"><script src=\"boot.js\"></script>"
        );
        assert!(text(&files, "boot.js").contains("'/field/saldar_field_bg.wasm'"));
        assert!(text(&files, "field.css").contains("/field/fonts/a.woff2"));
    }

    #[test]
    fn worker_lists_the_finished_files_but_not_itself() {
        let files = assemble(sample());
        let worker = text(&files, "sw.js");
        let list = worker.split("FILES = ").nth(1).unwrap().trim_end_matches(';');
        let list: Vec<serde_json::Value> = serde_json::from_str(list).unwrap();
        let urls: Vec<_> = list.iter().map(|entry| entry["url"].as_str().unwrap()).collect();
        assert_eq!(urls, ["/field/boot.js", "/field/field.css", "/field/"]);
        assert_eq!(list[0]["sha256"], assets::sha256(&files["boot.js"]));
    }

    #[test]
    fn any_changed_file_changes_the_build_name() {
        let before = text(&assemble(sample()), "sw.js");
        for name in sample().keys().filter(|name| extension(name) != "txt") {
            let mut changed = sample();
            changed.get_mut(name).unwrap().push(b' ');
            assert_ne!(text(&assemble(changed), "sw.js"), before, "{name}");
        }
    }
}
