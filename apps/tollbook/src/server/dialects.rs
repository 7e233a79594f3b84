//! The dialects that are wanted, over one mediation and one authenticator.

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use cdr_access::{LicenceAuthenticator, UserAuthenticator, UserAuthenticatorOptions};
use cdr_dialects::Origins;
use cdr_dialects::dma::{Dma, DmaOptions};
use cdr_dialects::porta::{Porta, PortaOptions};
use cdr_dialects::yeti::{Yeti, YetiOptions};

use super::house::House;
use crate::config::Config;
use crate::layouts;

/// The dialects of a listener. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(crate) struct Dialects {
    dma: Option<Dma>,
    porta: Option<Porta>,
    yeti: Option<Yeti>,
}

impl Dialects {
    /// Those that the configuration wants.
    ///
    /// # Errors
    /// When a layout, or the key that signs tokens, cannot be read.
    pub(crate) fn new(config: &Config, house: &House) -> anyhow::Result<Dialects> {
        let users = Arc::new(house.store.clone());
        let authenticator = UserAuthenticator::new(users, house.clock.clone(), UserAuthenticatorOptions::default());
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
                    origins: origins.clone(),
                    live: dma.live,
                    stall: dma.stall,
                };
                Some(Dma::new(house.mediation.clone(), authenticator.clone(), options))
            }
        };
        let porta = config.porta.as_ref().map(|porta| {
            let options = PortaOptions {
                zone: porta.zone,
                window: porta.window,
                key: porta.key,
                call_type: porta.call_type,
                page: porta.page,
                last_offset: porta.last_offset,
                levels: porta.levels,
                origins: origins.clone(),
                live: porta.live,
                stall: porta.stall,
                cors: porta.cors,
            };
            let store = Arc::new(house.store.clone());
            let licences = LicenceAuthenticator::new(store.clone(), store, house.clock.clone());
            Porta::new(house.mediation.clone(), licences, options)
        });
        let yeti = match &config.yeti {
            None => None,
            Some(yeti) => {
                let options = YetiOptions {
                    origins,
                    token_lifetime: yeti.token_lifetime,
                    admin_token_lifetime: yeti.admin_token_lifetime,
                    jwt_key: yeti.jwt_key.clone(),
                    hidden_columns: yeti.hidden_columns.clone(),
                    x_accel: yeti.x_accel.clone(),
                    redirect: config.spool.redirect(),
                    cors: yeti.cors.clone(),
                    keep: config.server.worker.keep,
                };
                let store = Arc::new(house.store.clone());
                Some(Yeti::new(house.mediation.clone(), store.clone(), authenticator, store, options)?)
            }
        };
        Ok(Dialects { dma, porta, yeti })
    }

    /// Adds their routes to an app.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        if let Some(dma) = &self.dma {
            dma.mount(config);
        }
        if let Some(yeti) = &self.yeti {
            yeti.mount(config);
        }
        // Last, as it takes whatever is left.
        if let Some(porta) = &self.porta {
            porta.mount(config);
        }
    }
}
