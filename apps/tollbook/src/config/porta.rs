//! The settings of the PortaCDR dialect, read and checked.

use std::time::Duration;

use anyhow::{anyhow, ensure};
use cdr_dialects::porta::{CallType, DictionaryKey};
use cdr_model::{Anchor, LocalZone};

use super::{Layers, parse, read_zone};

/// How the PortaCDR dialect answers.
#[derive(Clone, Debug)]
pub struct PortaConfig {
    /// Where its bounds and times lie.
    pub zone: LocalZone,
    /// Which instant the windows of the plain routes are about.
    pub window: Anchor,
    /// What rows of dictionaries lie under.
    pub key: DictionaryKey,
    /// How `CallType` is written.
    pub call_type: CallType,
    /// Rows of a page.
    pub page: usize,
    /// `NextOffset` on the last page.
    pub last_offset: i64,
    /// Levels of customers that are subcustomers.
    pub levels: usize,
    /// Answers at once.
    pub live: usize,
    /// How long an answer waits for its turn, and for a client that takes nothing.
    pub stall: Duration,
    /// Whether pages of other sites may use it.
    pub cors: bool,
}

impl PortaConfig {
    /// Reads and checks every setting; `None` if the dialect is not wanted.
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Option<PortaConfig>> {
        let wrong =
            |name: &str, wanted: &str| anyhow!("{}: `{}` is not {wanted}", layers.origin(name), layers.value(name));
        let zone = if layers.value("porta.zone").is_empty() { "zone" } else { "porta.zone" };
        let positive = |name: &str| -> anyhow::Result<usize> {
            let number: usize = parse(layers, name, "a number, one or more")?;
            ensure!(number > 0, "{}: it takes one or more", layers.origin(name));
            Ok(number)
        };
        let page = positive("porta.page_size")?;
        ensure!(page <= 100_000, "{}: it takes 1 to 100000", layers.origin("porta.page_size"));
        let stall: u32 = parse(layers, "porta.stall_seconds", "a number of seconds")?;
        let config = PortaConfig {
            zone: LocalZone::new(read_zone(layers, zone)?),
            window: match layers.value("porta.window") {
                "connect" => Anchor::Connect,
                "bill" => Anchor::Bill,
                _ => return Err(wrong("porta.window", "connect or bill")),
            },
            key: match layers.value("porta.dictionary_key") {
                "service" => DictionaryKey::Service,
                "account" => DictionaryKey::Account,
                _ => return Err(wrong("porta.dictionary_key", "service or account")),
            },
            call_type: match layers.value("porta.call_type") {
                "bits" => CallType::Bits,
                "words" => CallType::Words,
                _ => return Err(wrong("porta.call_type", "bits or words")),
            },
            page,
            last_offset: parse(layers, "porta.last_offset", "a whole number")?,
            levels: parse(layers, "porta.subcustomer_levels", "a number of levels")?,
            live: positive("porta.live")?,
            stall: Duration::from_secs(stall.into()),
            cors: parse(layers, "porta.cors", "true or false")?,
        };
        let wanted: bool = parse(layers, "porta.enabled", "true or false")?;
        Ok(wanted.then_some(config))
    }
}

#[cfg(test)]
mod tests {
    use cdr_dialects::porta::{CallType, DictionaryKey};
    use cdr_model::Anchor;

    use super::PortaConfig;
    use crate::config::Layers;

    fn read(settings: &[(&str, &str)]) -> anyhow::Result<Option<PortaConfig>> {
        let layers =
            settings.iter().fold(Layers::default(), |layers, (name, value)| layers.flag("--set", name, value).unwrap());
        PortaConfig::read(&layers)
    }

    #[test]
    fn every_guess_can_be_corrected() {
        let config = read(&[]).unwrap().unwrap();
        assert_eq!((config.window, config.key), (Anchor::Connect, DictionaryKey::Service));
        assert_eq!((config.call_type, config.page, config.last_offset, config.levels), (CallType::Bits, 1000, 0, 1));
        let config = read(&[
            ("porta.zone", "Europe/London"),
            ("porta.window", "bill"),
            ("porta.dictionary_key", "account"),
            ("porta.call_type", "words"),
            ("porta.page_size", "50"),
            ("porta.last_offset", "-1"),
            ("porta.subcustomer_levels", "3"),
        ]);
        let config = config.unwrap().unwrap();
        assert_eq!(config.zone.zone.to_string(), "Europe/London");
        assert_eq!((config.window, config.key), (Anchor::Bill, DictionaryKey::Account));
        assert_eq!((config.call_type, config.page, config.last_offset, config.levels), (CallType::Words, 50, -1, 3));
        assert!(read(&[("porta.enabled", "false")]).unwrap().is_none());
    }

    #[test]
    fn what_no_setting_can_be_is_refused_with_its_name() {
        for (name, value) in [
            ("porta.window", "start"),
            ("porta.dictionary_key", "name"),
            ("porta.call_type", "numbers"),
            ("porta.page_size", "0"),
            ("porta.page_size", "100001"),
            ("porta.last_offset", "none"),
            ("porta.live", "0"),
            ("porta.zone", "Nowhere"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(format!("{error:#}").contains(name), "{name} {value}: {error:#}");
        }
    }
}
