//! How files are loaded: the settings of their source, and those of the command line, which win.

use anyhow::ensure;
use cdr_export::Layout;
use cdr_intake::{Feed, FeedSettings, FileEnd, InputSheet, LoadOptions, feed_named};
use cdr_mediation::{CdrSource, SourceSettings};
use cdr_store::Store;

use crate::cli::LoadArgs;
use crate::config::{Checked, Config, mapping_in};
use crate::layouts;
use crate::retention::floor;
use crate::sources;

/// How files are loaded.
pub(crate) struct Plan {
    pub(crate) feed: &'static dyn Feed,
    pub(crate) settings: FeedSettings,
    pub(crate) options: LoadOptions,
    /// Whether the zone is that of the source or of the command line, not of the configuration.
    pub(crate) has_zone: bool,
}

impl Plan {
    /// The plan of a command line; `has_zone` is whether it names a zone.
    pub(crate) fn of(config: &Config, store: &Store, args: &LoadArgs, has_zone: bool) -> anyhow::Result<Plan> {
        let configured = match &args.source {
            Some(name) => sources::find(config, store, name)?,
            None => None,
        };
        let source = match (configured, &args.feed, &args.source) {
            (Some(configured), Some(feed), Some(name)) => {
                let (own, name) = (&configured.feed, name);
                ensure!(own == feed, "the source `{name}` has the feed {own}, not {feed}");
                configured
            }
            (Some(configured), ..) => configured,
            (None, Some(feed), _) => SourceSettings { feed: feed.clone(), ..SourceSettings::default() },
            (None, None, name) => return Err(sources::unknown(config, store, name.as_deref().unwrap_or_default())),
        };
        ensure!(
            !args.update || !matches!(args.sheet, InputSheet::Calls | InputSheet::Conferences),
            "--update changes entries of the directory: give their --sheet, such as customers or accounts"
        );
        let mapping = args.mapping.as_deref().map(mapping_in).transpose()?.or(source.mapping.clone());
        let source = SourceSettings { mapping, ..source };
        let checked = Checked::of(&source)?;
        let customer = args.customer.clone().or(source.customer);
        if let Some(name) = &customer {
            let known = store.directory()?.customer_named(name).is_some();
            ensure!(known, "there is no customer `{name}`; `tollbook customer add` adds it");
        }
        let own_zone = checked.zone.filter(|_| !has_zone);
        Ok(Plan {
            has_zone: has_zone || own_zone.is_some(),
            feed: feed_named(&source.feed)?,
            settings: FeedSettings {
                zone: own_zone.unwrap_or(config.place.zone),
                sheet: args.sheet,
                extra: config.store.extra.clone(),
                layouts: dma_layouts(config)?,
                end: if args.is_final { FileEnd::Complete } else { FileEnd::Growing },
                quoting: args.quoting.or(checked.quoting),
                encoding: args.encoding.or(checked.encoding),
                mapping: checked.mapping,
                skipped: 0,
                columns: if args.columns.is_empty() { source.columns } else { args.columns.clone() },
            },
            options: LoadOptions {
                customer,
                unknown_accounts: source.unknown_accounts,
                accounts: checked.accounts,
                names_sources: args.source.is_none(),
                floor: floor(config)?,
                batch: config.store.batch,
                max_bad: config.store.max_bad,
                keep_lines: Some(config.store.keep_lines),
                join: config.store.join,
                trusts_zone: args.trust_zone,
                updates: args.update,
                ..LoadOptions::from_source(args.source.clone().unwrap_or(source.feed))
            },
        })
    }
}

/// The layouts for rows of a DMA. Rows are matched by their number of columns, so other layouts are left out.
fn dma_layouts(config: &Config) -> anyhow::Result<Vec<Layout>> {
    let all = layouts::all(config.place.layouts.as_deref())?.into_iter().map(|(layout, _)| layout);
    Ok(all.filter(|layout| layout.name.starts_with("dma-")).collect())
}
