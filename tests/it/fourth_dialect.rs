//! A new dialect needs only a module and a row: a minimal fourth dialect with its own setting.

use std::sync::Arc;

use actix_web::test::{TestRequest, call_and_read_body, init_service};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpResponse};
use cdr_access::Access;
use cdr_dialects::{Configured, DIALECTS, Dialect, DialectError, DialectRow, Services};
use cdr_mediation::{Caller, Mediation, Memory, MemoryLedger, MemorySpool, PortError, SystemClock};
use cdr_model::{Anchor, Cdr};
use cdr_query::{CdrQuery, Window};
use cdr_settings::{Setting, ValueKind, YES_OR_NO};
use tollbook::cli::Cli;
use tollbook::config::{Config, Layers};

static ENABLED: Setting<bool> = Setting {
    name: "echo.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the echo dialect is enabled",
    ..Setting::PLAIN
};
static GREETING: Setting<String> = Setting {
    name: "echo.greeting",
    default: "hello",
    kind: ValueKind::TEXT,
    meaning: "the greeting at the start of the response",
    ..Setting::PLAIN
};
static ECHO: DialectRow = DialectRow {
    name: "echo",
    orders: &[],
    enabled: &ENABLED,
    settings: &[&GREETING],
    configure: |values, _| Ok(Box::new(Greeting(GREETING.read(values)?))),
};
static FOUR: &[&DialectRow] = &[DIALECTS[0], DIALECTS[1], &ECHO, DIALECTS[2]];

#[derive(Debug)]
struct Greeting(String);

struct Echo(String, Mediation);

impl Configured for Greeting {
    fn readers(&self) -> usize {
        1
    }

    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError> {
        Ok(Box::new(Echo(self.0.clone(), services.mediation.clone())))
    }
}

impl Dialect for Echo {
    fn mount(&self, config: &mut ServiceConfig) {
        let (greeting, mediation) = (self.0.clone(), self.1.clone());
        let count = move || {
            let everything = CdrQuery::over(Window::all(Anchor::Start));
            let calls = mediation.count(&Caller::everything("echo"), &everything).unwrap();
            std::future::ready(HttpResponse::Ok().body(format!("{greeting}, {calls} calls")))
        };
        config.route("/echo", web::get().to(count));
    }

    fn has_callers(&self) -> Result<bool, PortError> {
        Ok(true)
    }
}

#[test]
fn it_is_configured_documented_and_mounted_like_the_others() {
    let help = Cli::of(FOUR).render_long_help().to_string();
    assert!(
        help.contains("echo.greeting [default: hello]") && help.contains("the greeting at the start of the response"),
        "{help}"
    );
    assert!(!Cli::of(DIALECTS).render_long_help().to_string().contains("echo.greeting"));

    let variable = ("TOLLBOOK_ECHO_GREETING".into(), "good morning".into());
    let config = Config::read(&Layers::of(FOUR).environment([variable]).unwrap()).unwrap();
    let names: Vec<&str> = config.dialects.iter().map(|(row, _)| row.name).collect();
    assert_eq!(names, ["dma", "yeti", "echo", "porta"]);
    let invalid = Layers::of(FOUR).flag("--set", "echo.enabled", "maybe").and_then(|layers| Config::read(&layers));
    assert_eq!(
        format!("{:#}", invalid.unwrap_err()),
        "the setting echo.enabled, given by --set: `maybe` is not true or false"
    );

    let calls = Memory::of((1..=3).map(|number| Cdr { number, ..Cdr::default() }));
    let (ledger, spool) = (Arc::new(MemoryLedger::default()), Arc::new(MemorySpool::default()));
    let mediation = Mediation::new(Arc::new(calls), ledger, spool, Arc::new(SystemClock::default()));
    let services = Services::new(mediation, Access::default());
    let built: Vec<_> = config.dialects.iter().map(|(_, it)| it.build(&services).unwrap()).collect();
    let answer = actix_web::rt::System::new().block_on(async {
        let app = init_service(App::new().configure(|app| built.iter().for_each(|it| it.mount(app)))).await;
        call_and_read_body(&app, TestRequest::get().uri("/echo").to_request()).await
    });
    assert_eq!(answer, "good morning, 3 calls");
}
