//! Reading lines again that the store has, by the present settings of their source.

use std::sync::Arc;

use cdr_intake::{FeedSettings, LineContext, feed_named, read_lines};
use cdr_mediation::{CdrSource, Content};
use cdr_model::Directory;
use cdr_store::Store;

use super::Plan;
use crate::cli::LoadArgs;
use crate::config::Config;
use crate::sources::find;

/// How lines of a source are read again.
pub(crate) struct Again {
    pub(crate) plan: Plan,
    directory: Arc<Directory>,
}

impl Again {
    /// For a source: its settings, and those of the command line. `feed` is the feed of its records, which is used if the
    /// source is not configured.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub(crate) fn of(
        config: &Config,
        store: &Store,
        args: LoadArgs,
        feed: Option<&str>,
        has_zone: bool,
    ) -> anyhow::Result<Again> {
        let is_configured = match &args.source {
            Some(source) => find(config, store, source)?.is_some(),
            None => false,
        };
        let feed = feed.filter(|_| !is_configured).map(str::to_owned);
        let args = LoadArgs { feed, is_final: true, trust_zone: true, ..args };
        Ok(Again { plan: Plan::of(config, store, &args, has_zone)?, directory: CdrSource::directory(store)? })
    }

    /// What lines of a feed are now, each of them.
    ///
    /// # Errors
    /// If this program does not know the feed.
    pub(crate) fn read(&self, feed: &str, context: Option<&str>, lines: &[&[u8]]) -> anyhow::Result<Vec<Vec<Content>>> {
        let (Plan { settings, options, has_zone, .. }, context) = (&self.plan, LineContext::read(context));
        // Columns, quoting and mapping of the source are those of its own feed.
        let settings = if feed == self.plan.feed.name() {
            context.settings(settings, *has_zone)
        } else {
            let (columns, quoting, mapping) = Default::default();
            context.settings(&FeedSettings { columns, quoting, mapping, ..settings.clone() }, *has_zone)
        };
        Ok(read_lines(feed_named(feed)?, &options.source, &context.head, &settings, &options.accounts, lines))
    }

    /// The customer of accounts: the one that is given, else the one by which the lines were loaded, if it still exists.
    pub(crate) fn customer(&self, context: Option<&str>) -> Option<String> {
        let own = || LineContext::read(context).customer.filter(|name| self.directory.customer_named(name).is_some());
        self.plan.options.customer.clone().or_else(own)
    }
}
