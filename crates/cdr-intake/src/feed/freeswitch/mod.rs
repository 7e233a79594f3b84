//! What the feeds of FreeSWITCH share: causes, channel names, the bodies that its modules post, and how the variables and the
//! caller profile of a leg become a call (<https://developer.signalwire.com/freeswitch/>, "Channel Variables Catalog").

mod body;
pub(super) mod causes;
mod channel;
mod leg;
mod map;
mod times;

pub(super) use body::{Body, PREFIX};
pub(super) use channel::trunk;
pub(super) use leg::Leg;
pub(super) use map::Map;
