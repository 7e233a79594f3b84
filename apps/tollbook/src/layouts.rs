//! Layouts: the built-in ones, and the custom ones from the configured folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use cdr_export::Layout;

/// The custom layouts, each with its text. A custom layout with the name of a built-in one replaces it.
///
/// # Errors
/// When the folder cannot be read, or a file in it is not a valid layout.
pub(crate) fn own(folder: Option<&Path>) -> anyhow::Result<Vec<(Layout, String)>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("the folder of layouts {}", folder.display()))? {
        let path = entry.with_context(|| format!("the folder of layouts {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut layouts: Vec<(Layout, String)> = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let layout = Layout::read(&text).with_context(|| format!("the layout in {}", path.display()))?;
        ensure!(
            layouts.iter().all(|(other, _)| other.name != layout.name),
            "{} is the second file with a layout named `{}`",
            path.display(),
            layout.name
        );
        layouts.push((layout, text));
    }
    Ok(layouts)
}

/// All layouts, each with its text: the custom ones, and the built-in ones that they do not replace.
///
/// # Errors
/// As [`own`].
pub(crate) fn all(folder: Option<&Path>) -> anyhow::Result<Vec<(Layout, String)>> {
    let mut layouts = own(folder)?;
    for name in Layout::built_in().filter(|name| layouts.iter().all(|(own, _)| own.name != *name)).collect::<Vec<_>>() {
        let text = Layout::built_in_text(name).unwrap_or_default();
        layouts.push((Layout::read(text)?, text.to_owned()));
    }
    Ok(layouts)
}

/// The layout of this name.
///
/// # Errors
/// When no layout has this name, with the existing names; and as [`own`].
pub(crate) fn named(name: &str, folder: Option<&Path>) -> anyhow::Result<Layout> {
    let own: Vec<Layout> = own(folder)?.into_iter().map(|(layout, _)| layout).collect();
    Ok(Layout::named(name, &own)?)
}
