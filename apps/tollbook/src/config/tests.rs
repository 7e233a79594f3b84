//! Reading of the settings of the program and its dialects.

use std::time::Duration;

use cdr_dialects::Defaults;
use cdr_dialects::porta::{CallType, DictionaryKey, PortaOptions};
use cdr_dialects::yeti::{CDR_COLUMNS, YetiOptions};
use cdr_mediation::WorkerOptions;
use cdr_model::Anchor;
use cdr_settings::SettingError;
use cdr_store::StoreOptions;

use super::{Config, Layers, rows};
use crate::cli::Cli;

fn layers(settings: &[(&str, &str)]) -> Layers {
    settings.iter().fold(Layers::default(), |layers, (name, value)| layers.flag("--set", name, value).unwrap())
}

fn yeti(settings: &[(&str, &str)]) -> Result<YetiOptions, SettingError> {
    YetiOptions::read(&layers(settings))
}

fn porta(settings: &[(&str, &str)]) -> Result<PortaOptions, SettingError> {
    PortaOptions::read(&layers(settings), &Defaults::default())
}

#[test]
fn a_replica_needs_a_database() {
    let [primary, replica] = ["primary", "replica"].map(|host| format!("postgres://tollbook:wonderful@{host}/calls"));
    let alone = layers(&[("database_replica_url", &replica)]);
    let error = format!("{:#}", Config::read(&alone).unwrap_err());
    assert!(error.contains("database_replica_url") && error.contains("database_url is empty"), "{error}");
    assert!(!error.contains("wonderful"), "{error}");
    let both = alone.flag("--set", "database_url", &primary).unwrap();
    assert!(Config::read(&both).unwrap().place.replica.is_some());
}

#[test]
fn an_address_of_another_kind_is_refused_by_the_form_that_the_setting_takes() {
    for address in ["mysql://tollbook:wonderful@db/calls", "sqlite:///var/calls.db", "calls.db"] {
        let error = format!("{:#}", Config::read(&layers(&[("database_url", address)])).unwrap_err());
        assert!(error.contains("postgres://USER@HOST/DATABASE"), "{error}");
        assert!(!error.contains("sqlite://`") && !error.contains("wonderful"), "{error}");
    }
}

#[test]
fn a_disabled_dialect_is_left_out_and_its_settings_are_checked() {
    let names = |settings: &[(&str, &str)]| {
        let config = Config::read(&layers(settings)).unwrap();
        config.dialects.iter().map(|(row, _)| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["dma", "yeti", "porta"]);
    assert_eq!(names(&[("yeti.enabled", "false")]), ["dma", "porta"]);
    let wrong = layers(&[("yeti.enabled", "false"), ("yeti.token_seconds", "ten")]);
    assert!(format!("{:#}", Config::read(&wrong).unwrap_err()).contains("yeti.token_seconds"));
}

#[test]
fn the_defaults_of_settings_are_those_of_the_libraries() {
    let config = Config::read(&Layers::default()).unwrap();
    assert_eq!(config.server.worker, WorkerOptions::default());
    let options = StoreOptions::default();
    assert_eq!(config.store.readers, options.readers);
    assert_eq!(config.store.busy_timeout, options.busy_timeout);
    assert_eq!(config.store.partitions, options.partitions);
}

#[test]
fn former_names_of_settings_still_work() {
    for name in ["worker.running_per_customer", "yeti.running_per_customer"] {
        let config = Config::read(&layers(&[(name, "7")])).unwrap();
        assert_eq!(config.server.worker.per_customer, Some(7), "{name}");
    }
    let variable = ("TOLLBOOK_YETI_RUNNING_PER_CUSTOMER".into(), "8".into());
    let config = Config::read(&Layers::default().environment([variable]).unwrap()).unwrap();
    assert_eq!(config.server.worker.per_customer, Some(8));
}

#[test]
fn settings_of_yeti_are_read() {
    let options = yeti(&[]).unwrap();
    let ten_minutes = Some(Duration::from_secs(600));
    assert_eq!((options.token_lifetime, options.admin_token_lifetime), (ten_minutes, ten_minutes));
    assert_eq!((options.jwt_key, options.x_accel), (None, None));
    assert!(options.hidden_columns.is_empty() && options.cors.is_empty());

    let key = "0123456789abcdef0123456789abcdef";
    let options = yeti(&[
        ("yeti.token_seconds", "0"),
        ("yeti.jwt_key", key),
        ("yeti.hidden_columns", "auth_orig_ip, lega_user_agent"),
        ("yeti.x_accel", "/x-redirect/cdr_export/"),
        ("yeti.cors", "https://portal.example.com,http://localhost:8080"),
    ]);
    let options = options.unwrap();
    assert_eq!(options.token_lifetime, None, "tokens never expire");
    assert_eq!(options.jwt_key.as_deref(), Some(key.as_bytes()));
    assert_eq!(options.hidden_columns, ["auth_orig_ip", "lega_user_agent"]);
    assert_eq!(options.x_accel.as_deref(), Some("/x-redirect/cdr_export"));
    assert_eq!(options.cors, ["https://portal.example.com", "http://localhost:8080"]);
    assert!(!format!("{options:?}").contains(key), "the key is not shown");
}

#[test]
fn not_all_columns_can_be_hidden() {
    // Only lists have this column.
    let exported: Vec<&str> =
        CDR_COLUMNS.into_iter().filter(|column| *column != "auth_orig_transport_protocol_id").collect();
    let error = yeti(&[("yeti.hidden_columns", &exported.join(","))]).unwrap_err().to_string();
    assert!(error.contains("yeti.hidden_columns") && error.contains("one column of customers' exports"), "{error}");
    assert!(yeti(&[("yeti.hidden_columns", &exported[1..].join(","))]).is_ok());
}

#[test]
fn every_assumption_about_porta_is_a_setting() {
    let options = porta(&[]).unwrap();
    assert_eq!((options.window, options.key), (Anchor::Connect, DictionaryKey::Service));
    assert_eq!((options.call_type, options.page, options.last_offset, options.levels), (CallType::Bits, 1000, 0, 1));
    let options = porta(&[
        ("porta.zone", "Europe/London"),
        ("porta.window", "bill"),
        ("porta.dictionary_key", "account"),
        ("porta.call_type", "words"),
        ("porta.page_size", "50"),
        ("porta.last_offset", "-1"),
        ("porta.subcustomer_levels", "3"),
    ]);
    let options = options.unwrap();
    assert_eq!(options.zone.zone.to_string(), "Europe/London");
    assert_eq!((options.window, options.key), (Anchor::Bill, DictionaryKey::Account));
    assert_eq!((options.call_type, options.page, options.last_offset, options.levels), (CallType::Words, 50, -1, 3));
}

#[test]
fn invalid_settings_of_porta_are_refused_with_their_names() {
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
        let error = porta(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(name), "{name} {value}: {error}");
    }
}

#[test]
fn the_help_shows_every_setting_in_lines_that_fit_a_terminal() {
    let help = super::help(cdr_dialects::DIALECTS);
    for row in super::rows(cdr_dialects::DIALECTS) {
        assert!(help.contains(&format!("\n  {} [default: ", row.name())), "{}", row.name());
    }
    let longest = help.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(longest.chars().count() <= 110, "{longest}");
}

#[test]
fn log_levels_are_read_in_any_case_and_as_numbers() {
    for (given, level) in [("info", tracing::Level::INFO), ("WARN", tracing::Level::WARN), ("5", tracing::Level::TRACE)]
    {
        assert_eq!(Config::read(&layers(&[("log.level", given)])).unwrap().server.log.level, level, "{given}");
    }
}

#[test]
fn every_flag_that_gives_a_setting_is_described_by_it() {
    fn check(command: &clap::Command, seen: &mut usize) {
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let Some((meaning, name)) = help.split_once("[setting: ") else { continue };
            let row = rows(cdr_dialects::DIALECTS).into_iter().find(|row| name.strip_suffix(']') == Some(row.name()));
            let expected = row.unwrap_or_else(|| panic!("{name} is not a setting")).meaning();
            assert!(meaning.trim().eq_ignore_ascii_case(expected), "{help}");
            *seen += 1;
        }
        command.get_subcommands().for_each(|command| check(command, seen));
    }
    let mut seen = 0;
    check(&Cli::of(cdr_dialects::DIALECTS), &mut seen);
    assert!(seen >= 4, "{seen} flags were found");
}

#[test]
fn settings_before_and_after_the_command_count() {
    for (line, expected) in [
        ("--set a=1 calls --set b=2", &[("a", "1"), ("b", "2")][..]),
        ("--set a=1 --set b=2 user list --set c=3", &[("a", "1"), ("b", "2"), ("c", "3")]),
        ("user --set a=1 list --set a=2", &[("a", "1"), ("a", "2")]),
        ("serve --set a=1", &[("a", "1")]),
        ("--set a=1 serve", &[("a", "1")]),
        ("serve", &[]),
    ] {
        let arguments = ["tollbook"].into_iter().chain(line.split(' '));
        let cli = Cli::read(arguments, cdr_dialects::DIALECTS).unwrap();
        let set: Vec<(&str, &str)> = cli.set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(set, expected, "{line}");
    }
}
