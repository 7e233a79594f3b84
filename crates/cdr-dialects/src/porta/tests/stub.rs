//! The service with which the exchanges were recorded. The licence selects its behaviour.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{LocalZone, Timestamp};

use crate::Origins;
use crate::porta::routes::{Route, TEMPLATES};
use crate::porta::service::NAMES;
use crate::porta::service_stack::{
    Date, Decimal, Dto, Front, FrontOptions, Names, Prepared, Reading, Reply, ResponseStatus, Service, Template,
    Thrown, dto,
};
use crate::porta::wire::{
    AccountSummary, ConnectedCall, ConnectedCallDataRecord, PortaCdr, PortaCdrResponse, PortaCustomerAccountCdr,
    PortaCustomerCdr, TotalUsage,
};

const DTO: &str = "http://schemas.datacontract.org/2004/07/PortaPlus2.API.Web.Dto";
const MODELS: &str = "http://schemas.datacontract.org/2004/07/PortaPlus2.API.Data.Models.Porta";
const CONF: &str = "062BDBD0 7366C3AD 6ED2EA7A 66D2F473";

dto! {
    /// The recorded host had only these members of an xDR.
    StubXdr: "XDRInfo" in MODELS, {
        i_xdr: "i_xdr" Int,
        i_xdr_specified: "i_xdrSpecified" Bool,
        account_id: "account_id" Text,
        cli: "CLI" Text,
        cld: "CLD" Text,
        charged_amount: "charged_amount" Decimal,
        charged_amount_specified: "charged_amountSpecified" Bool,
        connect_time: "connect_time" Date,
        connect_time_specified: "connect_timeSpecified" Bool,
        cr_download_links: "cr_download_links" Texts,
    } base {}
}

dto! {
    /// The recorded host's answer, without the member that was added later.
    StubResponse: "PortaCDRResponse" in DTO, {
        total_calls: "TotalCalls" Int,
        next_offset: "NextOffset" Int,
        porta_customer_cdrs: "PortaCustomerCDRS" List(PortaCustomerCdr),
        porta_account_cdrs: "PortaAccountCDRS" List(PortaCustomerCdr),
        lst_porta_customer_account_cdrs: "lstPortaCustomerAccountCDRS" List(PortaCustomerAccountCdr),
        lst_porta_reseller_subscriptions: "lstPortaResellerSubscriptions" List(PortaCustomerCdr),
        dict: "DictPortaCustomerAccountCDRS" Dict(PortaCustomerAccountCdr),
        legs: "ConnectedCallDataRecords" Dict(ConnectedCallDataRecord),
        calls: "ConnectedCallsRecords" Dict(ConnectedCall),
        xdrs_info: "XDRSInfo" List(StubXdr),
        date_ranges: "DateRanges" List(PortaCustomerCdr),
        total_usage: "TotalUsage" Object(TotalUsage),
        statistics: "AccountStatisticsSummary" Dict(AccountSummary),
    } base {
        license: "License" Text,
        content_id: "ContentId" Int,
        feature_name: "FeatureName" Text,
    }
}

pub(super) struct Stub;

/// The front over the stub.
pub(super) fn front() -> Arc<Front<Stub>> {
    let options = FrontOptions {
        origins: Origins::default(),
        live: 4,
        open_per_tenant: 4,
        open: 4,
        stall: Duration::from_secs(60),
        cors: false,
    };
    let now = Box::new(|| "2026-11-27 08:13:52".to_owned());
    Arc::new(Front::new(Stub, options, now))
}

impl Service for Stub {
    type Request = PortaCdr;
    type Response = PortaCdrResponse;
    type Route = Route;

    const DIALECT: &'static str = "stub";
    const NAMES: Names = NAMES;

    fn templates() -> &'static [Template<Route>] {
        &TEMPLATES
    }

    fn refusal(status: ResponseStatus) -> Box<dyn Dto> {
        Box::new(PortaCdrResponse { response_status: Some(status), ..PortaCdrResponse::default() })
    }

    fn tenant(&self, _asked: &PortaCdr, _client: IpAddr) -> Result<String, Thrown> {
        Ok("everybody".to_owned())
    }

    fn prepare(
        &self,
        asked: PortaCdr,
        _route: Option<Route>,
        _client: IpAddr,
        _reading: &Reading,
    ) -> Result<Box<dyn Prepared>, Thrown> {
        Ok(Box::new(Stubbed(asked)))
    }
}

struct Stubbed(PortaCdr);

impl Prepared for Stubbed {
    fn rows(&self) -> Result<u64, Thrown> {
        Ok(1)
    }

    fn reply(self: Box<Self>) -> Result<Reply, Thrown> {
        let thrown = |status, name: &'static str| Err(Thrown::exception(status, name, "thrown"));
        let asked = self.0;
        match asked.license.as_deref() {
            Some("echo") => Ok(Reply::Object(Box::new(asked))),
            Some("empty") => Ok(Reply::Object(Box::new(StubResponse::default()))),
            Some("null") => Ok(Reply::Nothing),
            Some("str") => Ok(Reply::Text("http://host/cdr.csv".to_owned())),
            Some("bad") => thrown(403, "UnauthorizedAccessException"),
            Some("arg") => thrown(400, "ArgumentException"),
            Some("nf") => thrown(404, "no such customer"),
            Some("boom") => thrown(500, "Exception"),
            Some("ni") => thrown(405, "NotImplementedException"),
            other => Ok(Reply::Object(Box::new(sample(other)))),
        }
    }
}

fn date(at: &str) -> Date {
    Date::of(Some(at.parse::<Timestamp>().unwrap()), &LocalZone::UTC)
}

fn decimal(amount: &str) -> Decimal {
    Decimal::from(amount.parse::<cdr_model::Money>().unwrap())
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The answer that the exchanges call a sample.
fn sample(licence: Option<&str>) -> StubResponse {
    let (connect, disconnect) = (date("2015-06-01T10:20:30Z"), date("2015-06-01T10:25:30Z"));
    let bill = date("2015-06-01T00:00:00Z");
    let row = PortaCustomerCdr {
        id: 101,
        i_env: 1,
        cli: text("441133505030"),
        cld: text("44,20"),
        connect_time: connect,
        disconnect_time: disconnect,
        bill_time: bill,
        i_customer: 7,
        i_dest: 12,
        charged_quantity: Decimal::Whole(300),
        charged_amount: decimal("0.01250"),
        call_id: text("abc@10.0.0.1:5060"),
        i_service: 3,
        bit_flags: 4,
    };
    let merged = PortaCustomerAccountCdr {
        rank: 1,
        h323_conf_id: text(CONF),
        id: 5,
        cli: text("\"Bob\" <100>"),
        cld: text(""),
        account_id: text("100@pbx"),
        connect_time: connect,
        disconnect_time: disconnect,
        connect_datetime: text("2015-06-01 11:20:30"),
        bill_time: disconnect,
        charged_amount: decimal("1.5"),
        call_type: text("Outgoing"),
        hold_time: text("00:00:05"),
        ..PortaCustomerAccountCdr::default()
    };
    let leg = ConnectedCallDataRecord {
        groupid: 1,
        rank: 1,
        cli: text("1"),
        cld: text("2"),
        connect_time: connect,
        disconnect_time: disconnect,
        bill_time: bill,
        ..ConnectedCallDataRecord::default()
    };
    let call = ConnectedCall { group_id: 1, cdrs: Some(Box::new(vec![leg])) };
    let xdr = StubXdr {
        i_xdr: 9,
        i_xdr_specified: true,
        charged_amount: decimal("0.1"),
        charged_amount_specified: true,
        connect_time: connect,
        connect_time_specified: true,
        cr_download_links: Some(vec!["https://h/a?b=c&d=[1]".to_owned(), "x".to_owned()]),
        ..StubXdr::default()
    };
    let summary = AccountSummary {
        i_account: 3,
        outgoing_count: 2,
        outgoing_duration: 300,
        avgoutgoing_count: decimal("0.5"),
        avgoutgoing_duration: Decimal::Whole(150),
        total_count: 2,
        total_duration: 300,
        account_id: text("100"),
        ..AccountSummary::default()
    };
    StubResponse {
        total_calls: 2,
        next_offset: -1,
        porta_customer_cdrs: Some(Box::new(vec![row])),
        porta_account_cdrs: Some(Box::new(Vec::<PortaCustomerCdr>::new())),
        dict: Some(vec![
            ("100@pbx".to_owned(), Box::new(vec![merged])),
            ("a:b".to_owned(), Box::new(Vec::<PortaCustomerAccountCdr>::new())),
        ]),
        calls: Some(vec![(CONF.to_owned(), Box::new(vec![call]))]),
        xdrs_info: Some(Box::new(vec![xdr])),
        total_usage: Some(TotalUsage {
            from_time: connect,
            totime: disconnect,
            charged_minutes: Decimal::Whole(5),
            charged_cost: decimal("0.0125"),
        }),
        statistics: Some(vec![("100".to_owned(), Box::new(vec![summary]))]),
        license: licence.map(str::to_owned),
        ..StubResponse::default()
    }
}
