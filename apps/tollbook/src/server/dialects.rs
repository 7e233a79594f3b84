//! The dialects that are wanted, over one mediation and one doorkeeper.

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use cdr_dialects::Origins;
use cdr_dialects::dma::{Dma, DmaOptions};
use cdr_mediation::{Doorkeeper, DoorkeeperOptions};

use super::house::House;
use crate::config::Config;
use crate::layouts;

/// The dialects of a listener. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(crate) struct Dialects {
    dma: Option<Dma>,
}

impl Dialects {
    /// Those that the configuration wants.
    ///
    /// # Errors
    /// When a layout cannot be read.
    pub(crate) fn new(config: &Config, house: &House) -> anyhow::Result<Dialects> {
        let operators = Arc::new(house.store.clone());
        let doorkeeper = Doorkeeper::new(operators, house.clock.clone(), DoorkeeperOptions::default());
        let origins = Origins { public_url: config.server.public_url.clone(), proxies: config.server.proxies.clone() };
        let dma = match &config.dma {
            None => None,
            Some(dma) => {
                let options = DmaOptions {
                    zone: dma.zone,
                    xsd: config.xsd,
                    anchor: dma.anchor,
                    end: dma.end,
                    layout: layouts::named(&dma.layout, config.layouts.as_deref())?,
                    lane: dma.lane,
                    origins,
                    live: dma.live,
                    stall: dma.stall,
                };
                Some(Dma::new(house.mediation.clone(), doorkeeper, options))
            }
        };
        Ok(Dialects { dma })
    }

    /// Adds their routes to an app.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        if let Some(dma) = &self.dma {
            dma.mount(config);
        }
    }
}
