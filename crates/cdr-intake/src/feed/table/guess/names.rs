//! The names under which switches and billing systems write what the fields of a call hold.

/// What identifies a record.
pub(super) const KEY: &str = "key";
/// What names a trunk.
pub(super) const TRUNKS: &str = "trunks";

/// The fields, and the names of their columns, those first that leave least doubt. Names are letters and digits alone, in lower
/// case, with a blank between two.
pub(super) const NAMES: &[(&str, &str)] = &[
    (
        "started_at",
        "startedat timestart starttime calldate startstamp startepoch callstart callstarttime starttimestamp \
         startdatetime setuptime h323setuptime datetimeorigination start begin begintime calldatetime dateandtime \
         datetime starttimeutc calltime startdate timestamp createdat created invitetime time date",
    ),
    (
        "connected_at",
        "connectedat timeconnect connecttime answertime answerstamp answerepoch answeredat answer connect \
         answeredtime h323connecttime datetimeconnect connectdatetime answered",
    ),
    (
        "ended_at",
        "endedat timeend endtime endstamp endepoch hanguptime end disconnecttime stoptime callend callendtime \
         h323disconnecttime datetimedisconnect releasetime hangup stop enddatetime enddate finished finishedat",
    ),
    (
        "talk",
        "billsec talk talktime talkduration billseconds billmsec conversationtime conversation answeredduration \
         connectedduration durationtalk acctsessiontime",
    ),
    (
        "duration",
        "duration callduration totalduration durationseconds durationsec durationms durationmsec totaltime \
         calllength length elapsed elapsedtime sessionduration seconds minutes durationminutes",
    ),
    (
        "billed",
        "billed billedduration customerduration chargedduration billduration billedsec billedseconds \
         chargedseconds billabletime roundedduration billabletimesec chargedquantity charged",
    ),
    (
        "calling",
        "src calling callingnumber caller callernumber calleridnumber calleridnum ani cli fromnumber sourcenumber \
         source srcprefixin srcnumber anumber callingpartynumber callingparty orignumber origination callerid from \
         fromuser callingstationid origin anum",
    ),
    (
        "called",
        "dst called callednumber callee calleenumber destinationnumber dnis cld tonumber dialednumber dialed \
         dialled dialednum dstprefixin dstnumber bnumber calledpartynumber originalcalledpartynumber \
         finalcalledpartynumber calledparty destnumber destination dest to touser calledstationid termnumber bnum \
         number",
    ),
    (
        "calling_name",
        "callingname calleridname callername srcnamein srcname cnam displayname caller callerid from calling",
    ),
    (
        "account",
        "accountcode account accountid accountnumber customeracc accountcode1 clientid client tenant customerid \
         subscriberid subscriber username",
    ),
    ("call_uuid", "calluuid uuid guid"),
    (
        "call_id",
        "callid uniqueid sipcallid origcallid origcall callidentifier sessionid acctsessionid globalcallidcallid",
    ),
    (KEY, "key recordid cdrid callno rowid recordnumber recordno sequencenumber id"),
    (TRUNKS, "trunk trunkname ingresstrunk incomingtrunk trunkgroup gateway ingressgateway"),
    ("group", "linkedid correlationid confid h323confid"),
    ("direction", "direction calldirection inout calltype type"),
    ("success", "success successful issuccess answered isanswered connected"),
    (
        "release_reason",
        "disposition hangupcause result callresult releasereason disconnectreason callstatus status \
         terminationcause reason outcome state",
    ),
    (
        "release_cause",
        "hangupcauseq850 q850cause q850 releasecause disconnectcause hangupcausecode cause isupcause causecode \
         h323disconnectcause destcausevalue",
    ),
    ("release_code", "sipcode sipstatus sipstatuscode responsecode sipresponsecode disconnectcode statuscode"),
    (
        "price",
        "price cost charge customerprice callcost callprice callcharge amount totalcost totalcharge chargedamount \
         revenue total",
    ),
    ("fee", "connectionfee connectfee setupfee destinationfee"),
    ("next_rate", "rate rateperminute ratepermin priceperminute minuterate destinationnextrate"),
    ("rate_prefix", "prefix destinationprefix ratecode dialprefix destinationcode areacode"),
    ("peer_ip", "sourceip srcip peerip remoteip originip origip ipaddress clientip ip"),
    ("peer_port", "sourceport srcport peerport remoteport"),
    ("user_agent", "useragent"),
];

/// What texts of a result say that a call was answered.
pub(super) const ANSWERED: &[&str] =
    &["answered", "answer", "success", "successful", "succeeded", "completed", "ok", "connected", "talked"];

/// What texts say about a direction.
pub(super) const DIRECTIONS: &[(&str, &[&str])] = &[
    ("out", &["out", "outbound", "outgoing", "o", "originating", "originated", "mo"]),
    ("in", &["in", "inbound", "incoming", "i", "terminating", "terminated", "mt"]),
    ("forwarded", &["forwarded", "forward", "fwd", "transferred", "diverted"]),
];

/// A name in letters and digits alone, in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
